"""The vocabulary of score terms: what each is, its cells, and the sentence said of each cell.

A coded term has a closed list of cells; a numeric term has a value that a model cuts at its own breaks. No term
reads sex, ethnicity, marital state, age, health, poverty or a broker's fee: age acts through posted limits and
policy, health through limits, poverty through policy alone.
"""

from __future__ import annotations

from matcher.features.term import Term, cells, steps

DISTANCE = Term(
    name="distance",
    label="离家远近",
    cells=cells(
        same_village=("就在本村，离家最近", "就住在本村"),
        same_township=("就在本乡镇，离家近", "住在本乡镇"),
        same_county=("在本县，离家不远", "住在本县"),
        same_city=("在本市其他县区", "住在本市其他县区"),
        same_province=("在本省其他市，离家较远", "要出市，离家较远"),
        other_province=("在外省，离家远", "要出省，离家远"),
    ),
)
TRAVEL_MARGIN = Term(
    name="travel_margin",
    label="与外出意愿",
    cells=cells(
        # Only a refused pair has it: the range is a limit.
        outside=("超出您愿意去的范围", "超出本人愿意去的范围"),
        at_edge=("到了您愿意去的范围边上", "到了本人愿意去的范围边上"),
        one_inside=("在您愿意去的范围里", "在本人愿意去的范围里"),
        two_inside=("比您愿意去的地方近", "本人愿意去得更远"),
        far_inside=("比您愿意去的地方近得多", "本人愿意去远得多的地方"),
        unknown="还不知道您愿意去多远",
    ),
)
PREFERRED_PLACE = Term(
    name="preferred_place",
    label="意向地区",
    cells=cells(
        not_stated="您没有指定地区",
        match=("在您想去的地区", "本人想去这个地区"),
        other=("不在您想去的地区", "本人更想去别的地区"),
    ),
)
TRADE = Term(
    name="trade",
    label="工种对口",
    cells=cells(
        none=("和您做过的工种不同", "做过的工种不同"),
        major=("和您做过的工种同一大类", "做过同一大类的工种"),
        middle=("和您做过的工种接近", "做过接近的工种"),
        small=("和您做过的工种很接近", "做过很接近的工种"),
        exact=("和您做过的工种对口", "做过这个工种"),
        unknown="还不知道您做过什么工种",
    ),
)
PREFERRED_TRADE = Term(
    name="preferred_trade",
    label="意向工种",
    cells=cells(
        not_stated="您没有指定工种",
        other=("不是您想做的工种", "本人更想做别的工种"),
        near=("接近您想做的工种", "接近本人想做的工种"),
        match=("是您想做的工种", "本人想做这个工种"),
        unknown="岗位名称看不出工种",
    ),
)
SKILLS_PREFERRED = Term(
    name="skills_preferred",
    label="优先技能",
    cells=cells(
        not_asked="岗位没有优先技能",
        none=("厂里优先要的技能，您还没有登记", "没有登记优先技能"),
        some=("厂里优先要的技能，您会一部分", "会一部分优先技能"),
        all=("厂里优先要的技能，您都会", "优先技能都会"),
        unknown="还不知道您会什么技能",
    ),
)
EDUCATION = Term(
    name="education",
    label="文化程度",
    cells=cells(
        not_asked="不要求学历",
        # Only a refused pair has it: the schooling a post asks for is a limit.
        below=("登记的学历低于岗位要求", "登记的学历低于岗位要求"),
        meets=("学历符合要求", "学历符合要求"),
        above=("学历高于要求", "学历高于要求"),
        unknown="还不知道您的文化程度",
    ),
)
WAGE = Term(
    name="wage",
    label="月工资",
    unit="yuan a month",
    sentence="一个月大约{}元",
    low_sentence="工资偏低，一个月大约{}元",
    unknown_sentence="工资没有写明，请先问清",
)
WAGE_MARGIN = Term(
    name="wage_margin",
    label="与工资要求",
    unit="percent of the worker's floor",
    # The number is rounded down: 89 is less than 90 %, 110 at least that. 以上 includes its bound.
    steps=steps(
        {
            0: "工资比{}要求的低一半以上",
            50: "工资比{}要求的低四成以上",
            60: "工资比{}要求的低三成以上",
            70: "工资比{}要求的低两成以上",
            80: "工资比{}要求的低一成以上",
            90: "工资比{}要求的低一点",
            100: "工资不比{}要求的低",
            110: "工资比{}要求的高一成以上",
            120: "工资比{}要求的高两成以上",
            130: "工资比{}要求的高三成以上",
            140: "工资比{}要求的高四成以上",
            150: "工资比{}要求的高一半以上",
            200: "工资比{}要求的高一倍以上",
            300: "工资比{}要求的高两倍以上",
        }
    ),
    unknown_sentence="您没有说最低工资，或岗位没有写明工资",
)
LODGING = Term(
    name="lodging",
    label="住宿",
    cells=cells(
        near="离家近，不用住宿",
        provided="包住",
        not_provided="在外县上班，不包住",
        unknown="在外县上班，没有写明住宿",
    ),
)
BOARD = Term(
    name="board",
    label="伙食",
    cells=cells(yes="包吃", no="不包吃", unknown="没有写明伙食"),
)
NIGHT_SHIFT = Term(
    name="night_shift",
    label="夜班",
    cells=cells(yes="有夜班", no="不上夜班", unknown="没有写明夜班"),
)
HEAVY_WORK = Term(
    name="heavy_work",
    label="劳动强度",
    cells=cells(yes="体力活比较重", no="不是重体力活", unknown="没有写明劳动强度"),
)
CONTRACT_MONTHS = Term(
    name="contract_months",
    label="合同期限",
    unit="months",
    sentence="合同签{}个月",
    low_sentence="合同期短，只签{}个月",
    unknown_sentence="没有写明合同期限",
)
INSURED = Term(
    name="insured",
    label="社会保险",
    cells=cells(yes="缴纳社会保险", no="不缴纳社会保险", unknown="没有写明社会保险"),
)
CHANNEL = Term(
    name="channel",
    label="渠道",
    cells=cells(
        base_enterprise="扶持基地企业，政府核验过",
        workshop="家门口的车间",
        guangdong_partner="粤桂劳务协作岗位，有组织输送",
        other_labour_export="外出务工岗位",
        micro_farm="微田园",
        micro_market="微市场",
        welfare_post="村里的公益性岗位",
        park_enterprise="园区企业岗位",
        industry_host="本地产业岗位",
        work_relief="以工代赈项目",
        cooperative="合作社岗位",
        own_business="自己创业",
        flexible_work="灵活就业",
        training="先培训再上岗",
    ),
)
START_GAP = Term(
    name="start_gap",
    label="到岗时间",
    unit="days until the worker can start",
    sentence="您{}天后才能到岗",
    of_person="要{}天后才能到岗",
    zero_sentence="随时可以到岗",
    unknown_sentence="到岗时间面议",
)

TERMS: tuple[Term, ...] = (
    DISTANCE,
    TRAVEL_MARGIN,
    PREFERRED_PLACE,
    TRADE,
    PREFERRED_TRADE,
    SKILLS_PREFERRED,
    EDUCATION,
    WAGE,
    WAGE_MARGIN,
    LODGING,
    BOARD,
    NIGHT_SHIFT,
    HEAVY_WORK,
    CONTRACT_MONTHS,
    INSURED,
    CHANNEL,
    START_GAP,
)
BY_NAME: dict[str, Term] = {term.name: term for term in TERMS}
# What a model file is checked against: coded terms with their cells, numeric terms with None.
VOCABULARY: dict[str, tuple[str, ...] | None] = {
    term.name: tuple(cell.name for cell in term.cells) or None for term in TERMS
}

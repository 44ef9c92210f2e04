"""Workers and households: an identity number against the other columns, ages, homes, the household's own id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from matcher.geography import significant
from matcher.intake.cells import Note, error, repaired, warning
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft, content_id, household_id, row_content
from matcher.intake.leftovers import WHOLE_ROW
from matcher.intake.places import plain_reason, settle_place
from matcher.intake.values import wording_of
from matcher.policy import age_on
from matcher.records import Kind, Sex

_CALENDAR_SLACK = timedelta(days=62)
"""A lunar birthday written as a solar one is at most two months off."""
AGE_SLACK_YEARS = 2
"""Ages are counted by the calendar year or the traditional way by some; two years off is another person."""


def finish_worker(draft: Draft, context: IntakeContext) -> None:
    """Bring a worker's columns together; every contradiction is said, none is settled silently."""
    _settle_birth_date(draft)
    _settle_sex(draft)
    _check_age(draft, context)
    _settle_household(draft, context)
    registered = draft.sources.get("hukou.name")
    settle_hukou(draft, context)
    settle_place(draft, context, kind=Kind.WORKERS, registered=registered)
    _tell_of_move(draft, context)
    _check_identity(draft)


def _check_identity(draft: Draft) -> None:
    """Who cannot be told from others is refused; a name or number that is missing is said.

    Objects and sheets with our own ids (`worker_id`, an export) need neither. What a sheet has no column for is said
    once a file, what a row leaves blank is said of the row.
    """
    if isinstance(draft.raw, dict | str) or draft.headers.get("worker_id") == "worker_id":
        return
    name, number = draft.identity.get("name"), draft.identity.get("id_number")
    if number is None and any(field == "id_number" for field, _ in draft.notes):
        return  # it is there and cannot be read, which is said already
    if not name and not number and "worker_id" not in draft.fields:
        fix = "这一行没有姓名和身份证号，认不出是谁。"
        draft.say(WHOLE_ROW, error("", "姓名、身份证号", f"{fix}请补填，或删去这一行。"))
        return
    if not name and (draft.current is None or "name" in draft.headers):
        _say_missing(draft, "name", "姓名", "没有姓名，请补填。")
    if not number and ("id_number" in draft.headers or "worker_id" not in draft.headers):
        lacks = "无法查重" if "birth_date" in draft.fields else "无法查重，也算不出年龄"
        _say_missing(draft, "id_number", "身份证号", f"没有身份证号，{lacks}；请补填。")


def _say_missing(draft: Draft, name: str, label: str, fix: str) -> None:
    has_column = name in draft.headers
    draft.say(name if has_column else WHOLE_ROW, warning("", label, fix, once=not has_column))


def _tell_of_move(draft: Draft, context: IntakeContext) -> None:
    """Said, because a person on the lists of two villages is counted twice by somebody.

    A home that is written less exactly than it is known, or by a village's name that no table has yet, is no move:
    the finer one stays, or a village that is renamed would lose all its people to its town.
    """
    home, before = draft.fields.get("place_code"), draft.stored("place_code")
    if home and before and home != before:
        if significant(before).startswith(significant(home)):
            draft.fields["place_code"] = before
            found = f"登记的居住地是{context.gazetteer.name(before)}，这里只到{context.gazetteer.name(home)}"
            draft.say("place_code", warning(found, "写到村的居住地", "没有改居住地；搬了家或改了村，请写区划代码。"))
            return
        found = f"登记的居住地是{context.gazetteer.name(before)}，这里是{context.gazetteer.name(home)}"
        draft.say("place_code", warning(found, "与登记一致的居住地", "将更新居住地；请核对是否两个村都报了此人。"))


def finish_household(draft: Draft, context: IntakeContext) -> None:
    """A household's id from its head where it has none of its own; members in work cannot exceed those able."""
    _settle_household(draft, context)
    able, employed = draft.stated("able_members"), draft.stated("employed_members")
    if able is not None and employed is not None and employed > able:
        draft.say(
            "employed_members",
            warning(f"已就业{employed}人，劳动力{able}人", "已就业人数不多于劳动力人数", "请核对两项人数。"),
        )
    settle_place(draft, context, kind=Kind.HOUSEHOLDS, required=False)


def worker_id(draft: Draft, workers: Mapping[str, str], key: bytes) -> str:
    """The id of the worker a row is about: the stored worker of its identity number, else its own, else a hash.

    An identity number that is stored under another id than the one stated rejects the row.
    """
    number, stated = draft.identity.get("id_number"), draft.fields.get("worker_id")
    known = workers.get(number) if number else None
    if known is not None and stated not in (None, known):
        found = f"人员编号{stated}，这个身份证号已登记为{known}"
        fix = "同一身份证号不能登记成两个人；请核对号码，或改用已登记的编号。"
        draft.say("id_number", error(found, "尚未登记的身份证号", fix))
        return str(stated)
    return str(known or stated or content_id(Kind.WORKERS, row_content(draft), key))


def own_household_id(draft: Draft, key: bytes) -> str:
    """The id of the household a row is about: its own, its head's, else a hash of head and home."""
    stated = draft.fields.get("household_id")
    if stated:
        return str(stated)
    head = draft.sources.get("household.head_id")
    if head:
        return household_id(head, key)
    home = {name: text for name, text in draft.sources.items() if name.startswith(("place.", "household."))}
    return content_id(Kind.HOUSEHOLDS, home or row_content(draft), key)


def _settle_birth_date(draft: Draft) -> None:
    certain = draft.sources.pop("id.birth_date", None)
    if certain is None:
        return
    stated = draft.fields.get("birth_date")
    if stated is not None and stated != certain:
        found = f"出生日期{stated}，身份证号中为{certain}"
        if abs(date.fromisoformat(stated) - date.fromisoformat(certain)) <= _CALENDAR_SLACK:
            fix = "可能填了农历生日，已按身份证号登记，请核对。"
            draft.say("birth_date", warning(found, "与身份证号一致的出生日期", fix))
        else:
            fix = "两者相差较大，可能抄错了身份证号或出生日期，请按证件核对后改正。"
            draft.say("birth_date", error(found, "与身份证号一致的出生日期", fix))
    draft.fields["birth_date"] = certain


def _settle_sex(draft: Draft) -> None:
    certain = draft.sources.pop("id.sex", None)
    if certain is None:
        return
    stated = draft.fields.get("sex")
    if stated is not None and stated != certain:
        draft.say("sex", other_sex(stated, certain))
    draft.fields["sex"] = certain


def other_sex(stated: str, certain: str) -> Note:
    """The remark on a sex that is not that of the identity number."""
    found = f"性别{_sex(stated)}，身份证号第17位表示{_sex(certain)}"
    return warning(found, "与身份证号一致的性别", "已按身份证号登记；请核对是否抄成了别人的号码。")


def _sex(code: str) -> str:
    return wording_of("sex", "sex", Sex(code))


def _check_age(draft: Draft, context: IntakeContext) -> None:
    born, told = draft.stated("birth_date"), draft.sources.pop("age", None)
    if born is None:
        if told is not None:
            fix = "请补填身份证号或出生日期；年龄每年都变，不单独登记。"
            draft.say("age", warning(told, "出生日期或身份证号", fix, once=True))
        return
    age = age_of(date.fromisoformat(born), context)
    if told is not None and abs(told - age) >= AGE_SLACK_YEARS:
        draft.say("age", other_age(told, born, age))
    if context.working_age is not None and age < context.working_age:
        draft.say("birth_date", minor(age, context.working_age))


def other_age(told: int, born: str, age: int) -> Note:
    """The remark on an age that is not that of the birth date (YYYY-MM-DD)."""
    found = f"年龄{told}岁，按出生日期{born}为{age}岁"
    return warning(found, "与出生日期相符的年龄", "已按出生日期登记，请核对。")


def minor(age: int, working_age: int) -> Note:
    """The remark on somebody too young to work."""
    fix = "已作为家庭成员登记，不会为其推荐岗位。"
    return warning(f"{age}岁", f"年满{working_age}周岁的劳动者", fix)


def age_of(born: date, context: IntakeContext) -> int:
    """Full years on the day of the import, as the settings count them."""
    settings = context.settings
    return age_on(born, context.on, settings.age_basis, settings.leap_birthday)


def _settle_household(draft: Draft, context: IntakeContext) -> None:
    head = draft.sources.pop("household.head_id", None)
    if head and "household_id" not in draft.fields:
        draft.fields["household_id"] = household_id(head, context.key)


def settle_hukou(draft: Draft, context: IntakeContext) -> None:
    """Set `hukou_code` from the column that names the place of registration; one that cannot be told is said."""
    text = draft.sources.pop("hukou.name", None)
    if text is None or "hukou_code" in draft.fields:
        return
    match = context.gazetteer.find(text, context.region_code)
    if match.code is None:
        fix = "户籍地没有登记；请按“省 市 县（区）”填写。"
        draft.say("hukou.name", warning(text, "能认出的户籍地", f"{plain_reason(match)}。{fix}"))
        return
    draft.fields["hukou_code"] = match.code[:6]
    if match.note:
        draft.say("hukou.name", repaired(text, match.name or "", f"{match.note}。"))

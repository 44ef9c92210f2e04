"""The texts of a sixth county's pack with a benefit, quotas, figures of its own and land."""

from __future__ import annotations

PARAMETERS = """
[[parameter]]
id = "local_share"
kind = "unspecified"
unit = "%"
operator = ">="
clause = "四"

[[parameter]]
id = "posts_least"
kind = "number"
value = 2
unit = "个"
operator = ">="
clause = "四"

[[parameter]]
id = "trip_cap"
kind = "number"
value = 700
unit = "元/人·年"
operator = "<="
clause = "五"

[[parameter]]
id = "trip_fund"
kind = "text"
value = "县级资金"
unit = ""
clause = "五"

[[parameter]]
id = "garden_age"
kind = "number"
value = 50
unit = "周岁"
operator = ">="
clause = "六"

[[parameter]]
id = "garden_poor"
kind = "number"
value = 0.4
unit = "亩/户"
clause = "六"

[[parameter]]
id = "garden_years"
kind = "number"
value = 2
unit = "年"
clause = "六"

[[figure]]
id = "trip_standard"
name = "路费标准"
unit = "元/人·年"
clause = "五"
at_most = "trip_cap"
"""


RULES = """
[[service]]
id = "general"
title = "一般匹配"

[[service.tiers]]
rank = 0
label = "不分档"
clause = "一"

[[rule]]
id = "SX_TRIP"
title = "路费"
clause = "五"
otherwise = "eligible"
inputs = { approved_standard_yuan = "amount?", destination = "text?" }
figures = { approved_standard_yuan = "trip_standard" }

[[rule.steps]]
outcome = "not_eligible"
requires = [{ is = "one_of", fact = "destination", values = ["out_of_province"], reason = "not_cross_province" }]

[[rule.steps]]
outcome = "needs_review"
stop_on = "unknown"
requires = [{ is = "given", fact = "destination", reason = "destination_not_recorded" }]

[[rule.steps]]
outcome = "needs_config"
requires = [{ is = "given", fact = "approved_standard_yuan", reason = "local_standard_not_set" }]

[[rule.outputs]]
key = "amount_yuan"
formula = "least"
of = ["approved_standard_yuan", "trip_cap"]
as = "money"
beside = ["eligible"]

[[rule]]
id = "SX_GARDEN"
title = "菜园地块"
clause = "六"
day = "as_of"
channel = "micro_farm"
age_bound = "garden_age"
otherwise = "offer_priority"
inputs = { as_of = "date", birth_date = "date?", consent = "bool?" }

[rule.land]
poor_mu = "garden_poor"
free_years = "garden_years"
change_rule = "SX_GARDEN_CHANGE"
meanwhile = ["workshop"]

[[rule.steps]]
outcome = "not_offered"
requires = [{ is = "yes", fact = "consent", reason = "declined" }]

[[rule.steps]]
outcome = "not_priority"
requires = [{ is = "age_keeps", fact = "birth_date", bound = "garden_age", reason = "under_age" }]
SAYS
[[rule]]
id = "SX_GARDEN_CHANGE"
title = "户内变化"
clause = "六"
otherwise = "keep_term"
inputs = { tiller_left = "bool?", tiller_died = "bool?", household_split = "bool?", household_class_changed = "bool?" }

[[rule.steps]]
outcome = "ended"
requires = [{ is = "no", fact = "tiller_died", reason = "tiller_died" }]

[[quota]]
id = "SX_SHARE"
title = "本县人员比例"
of = "employer"
channels = ["workshop"]
share = "local_share"
counted = "annual_local_registered_poor_workers"
whole = "annual_total_workers"
group = { all = ["registered_poor"] }
clause = "四"

[[quota]]
id = "SX_POSTS"
title = "每村岗位"
of = "village"
channels = ["welfare_post"]
least = "posts_least"
counted = "posts_in_village"
clause = "四"
"""


BENEFITS = """\
[[benefit]]
id = "SX-TRIP"
title = "路费"
clause = "五"
shared = { transport_cap = "trip_cap" }
rule = "SX_TRIP"
key = "amount_yuan"
cap = "trip_cap"
period = { per = "person", every = "year" }
payees = [{ code = "worker", label = "本人" }]
funds = [{ parameter = "trip_fund" }]
evidence = [{ id = "ticket", label = "车票", proves = ["destination"], basis = "stated" }]
"""


SAYS = "".join(
    f'\n[[rule.says]]\ncode = "{code}"\nworker = "给本人的话。"\nofficer = "给工作人员的话。"\n'
    for code in ("offer_priority", "not_offered", "not_priority", "declined", "under_age")
)


CASES = """
[[case]]
rule = "SX_TRIP"
name = "省内"
polarity = "negative"
inputs = { approved_standard_yuan = "650", destination = "in_county" }
expected = { outcome = "not_eligible", reasons = ["not_cross_province"] }

[[case]]
rule = "SX_GARDEN"
name = "满五十"
polarity = "positive"
inputs = { as_of = 2030-06-01, birth_date = 1980-06-01, consent = true }
expected = { outcome = "offer_priority", reasons = [] }

[[case]]
rule = "SX_GARDEN_CHANGE"
name = "没有变化"
polarity = "positive"
inputs = { tiller_left = false, tiller_died = false, household_split = false, household_class_changed = false }
expected = { outcome = "keep_term", reasons = [] }

[[case]]
benefit = "SX-TRIP"
name = "县里没有定标准"
polarity = "negative"
on = 2030-06-01
unknown = ["approved_standard_yuan"]
inputs = { destination = "out_of_province" }

[case.expected]
outcome = "needs_config"
reasons = ["local_standard_not_set"]
facts_missing = ["approved_standard_yuan"]
figures_needed = ["trip_standard"]
"""

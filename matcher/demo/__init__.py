"""A seeded synthetic county (合成数据) for each named place: no person, firm or number in it exists.

`clean_records` gives records for tests, benches and the served demo; `write_county` gives the files an officer
would have, with their mess. Places are real, everything else is drawn from the TOML files of this room.
"""

from matcher.demo.county import DEFAULT_VACANCIES, DEFAULT_WORKERS, DemoCounty, clean_records
from matcher.demo.files import DEFAULT_MESS, DemoFile, write_county
from matcher.demo.specs import SYNTHETIC, county_spec, jurisdictions

__all__ = [
    "DEFAULT_MESS",
    "DEFAULT_VACANCIES",
    "DEFAULT_WORKERS",
    "SYNTHETIC",
    "DemoCounty",
    "DemoFile",
    "clean_records",
    "county_spec",
    "jurisdictions",
    "write_county",
]

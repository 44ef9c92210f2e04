"""Where: region codes, names as people write them, place classes and distances.

`gazetteer().find(text, near)` reads a written place; `place_class(home, work)` and its bulk twin
`place_class_codes` say how far a job lies; `distance_km` only where both places carry coordinates.
"""

from matcher.geography.codes import code_number, in_place, level_of, padded, significant, written
from matcher.geography.distance import distance_km, place_class, place_class_codes
from matcher.geography.places import Alternative, Gazetteer, PlaceMatch, gazetteer
from matcher.geography.regions import CurrentCode

__all__ = [
    "Alternative",
    "CurrentCode",
    "Gazetteer",
    "PlaceMatch",
    "code_number",
    "distance_km",
    "gazetteer",
    "in_place",
    "level_of",
    "padded",
    "place_class",
    "place_class_codes",
    "significant",
    "written",
]

"""Whatever is imported and taken back in whatever order, the store equals a plain dict that replays it all."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test
from store_factories import NOON, change, export, id_number, write

from matcher.errors import InvalidInput, UndoRefused
from matcher.records import Identity, Kind, Worker

IDS = ("w1", "w2", "w3", "w4")
NUMBERS = tuple(id_number(n) for n in range(3))

places = st.sampled_from(["450206102", "450206103"])
patches = st.builds(
    # Three patches of four say where the worker lives; too many batches would be refused otherwise.
    lambda record_id, fields, identity, place: (record_id, place | fields, identity),
    st.sampled_from(IDS),
    st.fixed_dictionaries(
        {},
        optional={
            "place_code": places,
            "education": st.sampled_from(["none", "junior"]),
            "skills": st.lists(st.sampled_from(["缝纫", "电焊"]), max_size=2),
            "consent": st.dictionaries(st.sampled_from(["plot", "sms"]), st.booleans(), min_size=1),
        },
    ),
    st.fixed_dictionaries({}, optional={"id_number": st.sampled_from(NUMBERS), "phone": st.just("13800000000")}),
    st.one_of(st.just({}), st.fixed_dictionaries({"place_code": places})),
)


class Model:
    """Batches as lists; every state is worked out from the first batch on."""

    def __init__(self):
        self.batches = []
        self.revision = 0

    def state(self, revision, extra=(), without=None):
        """(fields, identity) by worker id, incomplete ones too."""
        found = {}
        standing = [
            entry["patches"]
            for entry in self.batches
            if entry["revision"] <= revision and entry["id"] != without and not 0 < entry["undone"] <= revision
        ]
        for record_id, fields, identity in [patch for batch in [*standing, extra] for patch in batch]:
            now_fields, now_identity = found.setdefault(record_id, ({}, {}))
            for name, value in fields.items():
                now_fields[name] = {**now_fields.get(name, {}), **value} if name == "consent" else value
            now_identity.update(identity)
        return found

    def allowed(self, state, touched=()):
        complete = {w: identity for w, (fields, identity) in state.items() if "place_code" in fields}
        numbers = [identity["id_number"] for identity in complete.values() if "id_number" in identity]
        return len(numbers) == len(set(numbers)) and set(touched) <= set(complete)

    def records(self, revision):
        state = self.state(revision)
        return [
            msgspec.convert({"worker_id": w, **state[w][0]}, Worker)
            for w in sorted(state)
            if "place_code" in state[w][0]
        ]

    def export(self):
        records = self.records(self.revision)
        state = self.state(self.revision)
        lines = [*records, *(Identity(worker_id=w.worker_id, **state[w.worker_id][1]) for w in records)]
        return b"\n".join(map(msgspec.json.encode, lines))


class Machine(RuleBasedStateMachine):
    written = Bundle("written")
    make_store = None

    def __init__(self):
        super().__init__()
        self.store = self.make_store()
        self.model = Model()

    @rule(target=written, patches=st.lists(patches, max_size=5))
    def import_a_batch(self, patches):
        batch_id = f"b{len(self.model.batches)}"
        changes = [change(w, identity=identity or None, **fields) for w, fields, identity in patches]
        if not self.model.allowed(self.model.state(self.model.revision, patches), [w for w, _, _ in patches]):
            with pytest.raises(InvalidInput):
                write(self.store, batch_id, changes)
            return "none"
        write(self.store, batch_id, changes)
        self.model.revision += 1
        self.model.batches.append({"id": batch_id, "revision": self.model.revision, "undone": 0, "patches": patches})
        return batch_id

    @rule(batch_id=consumes(written))
    def take_a_batch_back(self, batch_id):
        if batch_id == "none" or not self.model.allowed(self.model.state(self.model.revision, without=batch_id)):
            with pytest.raises(UndoRefused):
                self.store.undo_batch(batch_id, at=NOON)
            return
        self.store.undo_batch(batch_id, at=NOON)
        self.model.revision += 1
        next(entry for entry in self.model.batches if entry["id"] == batch_id)["undone"] = self.model.revision

    @invariant()
    def exports_are_equal(self):
        assert self.store.revision() == self.model.revision
        assert export(self.store) == self.model.export()

    @rule(data=st.data())
    def a_former_revision_is_as_it_was(self, data):
        revision = data.draw(st.integers(0, self.model.revision))
        assert self.store.records(Kind.WORKERS, revision=revision) == self.model.records(revision)

    def teardown(self):
        self.store.close()


@pytest.mark.timeout(280)
def test_the_store_equals_a_dict_after_any_imports_and_undos(engine, make_store):
    machine = type("MachineOnEngine", (Machine,), {"make_store": staticmethod(make_store)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            # A fresh PostgreSQL database costs fifty times a fresh SQLite file.
            max_examples=60 if engine.name == "sqlite" else 15,
            stateful_step_count=14,
            deadline=None,
            # Fourteen steps can be read as they are; making them fewer takes minutes of fresh databases.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

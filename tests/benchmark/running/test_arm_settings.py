"""Whether the arms of a study are computed alike."""

from __future__ import annotations

import pytest

from warmbench.errors import UsageError
from warmbench.records.study import Arm, Study
from warmbench.running.arm_settings import check_compute_types

STUDY = Study(
    arms=(Arm(name="original", model="ct2:a"), Arm(name="warm", model="ct2:b")),
    treatment="fine-tune",
)

ALIKE = [
    ("no type is float32", {"engine": "ct2"}, {"engine": "ct2", "compute_type": "float32"}),
    ("one type", {"engine": "ct2", "compute_type": "int8_float32"},
     {"engine": "ct2", "compute_type": "int8_float32"}),
    ("other engines", {"engine": "hf"}, {"engine": "ct2", "compute_type": "int8_float32"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "original", "warm"), ALIKE, ids=[a[0] for a in ALIKE])
def test_arms_of_one_type_are_taken(
    name: str, original: dict[str, str | None], warm: dict[str, str | None]
) -> None:
    check_compute_types(STUDY, {"original": original, "warm": warm})


def test_so_are_arms_of_hf() -> None:
    identities: dict[str, dict[str, str | None]] = {
        "original": {"engine": "hf", "dtype": "bfloat16"},
        "warm": {"engine": "hf", "dtype": "float32"},
    }
    with pytest.raises(UsageError, match=r"bfloat16 and warm .+ with --engine-option dtype="):
        check_compute_types(STUDY, identities)


def test_arms_of_different_types_are_refused() -> None:
    identities = {
        "original": {"engine": "ct2"},
        "warm": {"engine": "ct2", "compute_type": "int8_float32"},
    }
    with pytest.raises(
        UsageError,
        match=r"^original \(ct2:a\) is computed in float32 and warm \(ct2:b\) in int8_float32: ",
    ):
        check_compute_types(STUDY, identities)

"""What the processor of this machine is good at, as Linux tells it."""

import functools
from pathlib import Path

BF16 = {"avx512_bf16", "amx_bf16"}
CPUINFO = Path("/proc/cpuinfo")


@functools.cache
def facts() -> dict[str, str]:
    """The first processor's entry of ``/proc/cpuinfo``; empty where there is none."""
    try:
        first = CPUINFO.read_text().partition("\n\n")[0]
    except OSError:
        return {}
    parts = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in parts}


def is_amd() -> bool:
    """Whether it is an AMD processor, on which MKL leaves half of the vector unit idle."""
    return facts().get("vendor_id") == "AuthenticAMD"


def has_bf16() -> bool:
    """Whether it multiplies bfloat16 itself; without that, bfloat16 is slower than float32."""
    return bool(BF16 & set(facts().get("flags", "").split()))

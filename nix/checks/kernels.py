"""Start each kernel of the configuration, and have it answer.

python -I kernels.py TIMEOUT [KERNEL…]
"""

import asyncio
import sys

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import start_new_async_kernel


async def _check(name: str, seconds: float) -> None:
    manager, client = await start_new_async_kernel(startup_timeout=seconds, kernel_name=name)
    try:
        answer = await asyncio.wait_for(client.kernel_info(reply=True), seconds)
        content = answer["content"]
        language = content["language_info"]
        # Line ends with the name of the kernel's program and language, as the kernel itself says.
        sys.stdout.write(
            f"{name}: {language['name']} {language.get('version', '')},"
            f" {content.get('implementation', '')} {content.get('implementation_version', '')}\n"
        )
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def main(timeout: str, *names: str) -> None:
    """Check those that are named, or all; one line for each that works, and one for the first that doesn't."""
    for name in names or sorted(KernelSpecManager(ensure_native_kernel=False).find_kernel_specs()):
        try:
            asyncio.run(_check(name, float(timeout)))
        except Exception as error:  # whatever it is, the kernel doesn't work
            sys.stdout.write(f"error: kernel {name} does not start: {type(error).__name__}: {error}\n")
            raise SystemExit(1) from error


main(*sys.argv[1:])

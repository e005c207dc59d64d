"""What the image makes of its variables; the lowest of Jupyter's configurations."""

import os
import subprocess

from jupyter_core.paths import jupyter_data_dir

c = get_config()  # type: ignore[name-defined] # noqa: F821  traitlets puts it there

# As docker-stacks' images: HTTPS with a certificate of this container's own making.
if "GEN_CERT" in os.environ:
    certificate = os.path.join(jupyter_data_dir(), "notebook.pem")
    subprocess.run(["/usr/local/bin/make-certificate", certificate], check=True)  # noqa: S603
    c.ServerApp.certfile = certificate

if umask := os.environ.get("NB_UMASK"):
    try:
        os.umask(int(umask, 8))
    except ValueError:
        print(f"jupyflake: NB_UMASK={umask} is no octal number such as 022")

# A kernel would inherit the variable, and print it with its others.
if token := os.environ.pop("JUPYTER_TOKEN", ""):
    c.IdentityProvider.token = token

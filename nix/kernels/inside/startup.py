"""IPython runs this in the user's namespace, in which it leaves no name; a plain prompt may come by here too."""

if "get_ipython" in globals():
    __import__("runpy").run_path("@inside@/commands.py")

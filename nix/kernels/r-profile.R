# Packages are part of the environment's lock: an installation from a notebook would be gone, or differ, on the next machine.
local({
  answer <- function(pkgs, ...) {
    if (missing(pkgs)) pkgs <- "<package>"
    image <- Sys.getenv("JUPYFLAKE_IMAGE")
    stop(
      "the packages of this kernel are fixed by jupyter.lock\n",
      "  try: jupyflake add --kernel @kernel@ ", paste(pkgs, collapse = " "), if (nzchar(image)) " && jupyflake image build",
      if (nzchar(image)) "\n  this is a container of the image ", image,
      if (nzchar(image)) ", which never changes: type it where the image was built",
      call. = FALSE
    )
  }
  replace_in <- function(environment) {
    unlockBinding("install.packages", environment)
    assign("install.packages", answer, envir = environment)
    lockBinding("install.packages", environment)
  }
  setHook(packageEvent("utils", "onLoad"), function(...) replace_in(asNamespace("utils")))
  setHook(packageEvent("utils", "attach"), function(...) replace_in(as.environment("package:utils")))
})


## Sys.which without a program: the one compiled in may be missing.
local({
    which <- function(names) {
        found <- rep("", length(names))
        names(found) <- names
        directories <- strsplit(Sys.getenv("PATH"), ":", fixed = TRUE)[[1L]]
        directories[!nzchar(directories)] <- "."
        for (i in seq_along(names)) {
            if (is.na(names[i])) {
                found[i] <- NA
                next
            }
            if (!nzchar(names[i])) next
            candidates <- if (grepl("/", names[i], fixed = TRUE)) path.expand(names[i])
                          else file.path(directories, names[i])
            candidates <- candidates[file.access(candidates, 1L) == 0L & !dir.exists(candidates)]
            if (length(candidates)) found[i] <- candidates[1L]
        }
        found
    }
    environment(which) <- .BaseNamespaceEnv
    assign("Sys.which", which, envir = .BaseNamespaceEnv)
})

"""Names that differ between conda, PyPI, CRAN, Debian and `import`; what is not listed has one name everywhere.

Hand-kept, of what notebooks use. A wrong or missing line is corrected in jupyter.toml.
"""

from __future__ import annotations

# conda → Debian: programs, and libraries that Python packages look for by themselves.
CONDA_TO_DEBIAN = {
    "cmake": "cmake",
    "curl": "curl",
    "expat": "libexpat1",
    "ffmpeg": "ffmpeg",
    "fftw": "libfftw3-double3",
    "gh": "gh",
    "ghostscript": "ghostscript",
    "git": "git",
    "git-lfs": "git-lfs",
    "glpk": "glpk-utils",
    "gnuplot": "gnuplot-nox",
    "graphviz": "graphviz",
    "gsl": "libgsl28",
    "imagemagick": "imagemagick",
    "inkscape": "inkscape",
    "jq": "jq",
    "lilypond": "lilypond",
    "make": "make",
    "nano": "nano",
    "nodejs": "nodejs",
    "openjdk": "default-jre-headless",
    "openssh": "openssh-client",
    "pandoc": "pandoc",
    "parallel": "parallel",
    "poppler": "poppler-utils",
    "postgresql": "postgresql-client",
    "rsync": "rsync",
    "samtools": "samtools",
    "swig": "swig",
    "tesseract": "tesseract-ocr",
    "tree": "tree",
    "unzip": "unzip",
    "vim": "vim-tiny",
    "wget": "wget",
    "zip": "zip",
}

# What comes with the interpreter, the base or the kernel anyway.
CONDA_IMPLIED = frozenset({"backports", "pip", "wheel", "ipykernel", "r-irkernel", "irkernel", "python_abi", "tzdata"})

# Libraries that conda splits off; wheels have theirs inside, Debian's packages come with all that they need.
CONDA_LIBRARIES = frozenset(
    {
        *(
            "_libgcc_mutex",
            "_openmp_mutex",
            "_x86_64-microarch-level",
            "abseil-cpp",
            "arrow-cpp",
            "atk-1.0",
            "binutils",
        ),
        *("blas", "blosc", "boost-cpp", "brotli", "brotli-bin", "bzip2", "c-ares", "ca-certificates", "cairo"),
        *("cairo-gobject", "dbus", "font-ttf-dejavu-sans-mono", "fontconfig", "fonts-conda-forge", "freetype"),
        *("fribidi", "geos", "gettext", "gflags", "giflib", "glib", "glib-tools", "glog", "gmp", "gnutls"),
        *("graphite2", "gst-plugins-base", "gstreamer", "harfbuzz", "hdf4", "hdf5", "icu", "intel-openmp"),
        *("jpeg", "keyutils", "krb5", "lame", "lcms2", "ld_impl_linux-64", "lerc", "llvm-openmp", "lz4-c"),
        *("metis", "mkl", "mkl-service", "mpc", "mpfr", "mpich", "mysql-libs", "ncurses", "netcdf4-cpp", "nettle"),
        *("nspr", "nss", "openblas", "openh264", "openjpeg", "openmpi", "openssl", "orc", "pango", "pcre", "pcre2"),
        *("attr", "cfitsio", "freexl", "geotiff", "jack", "json-c", "kealib", "mpg123", "pulseaudio", "tiledb"),
        *("tzcode", "uriparser", "xkeyboard-config", "poppler-data", "popt", "jansson", "aom", "dav1d", "svt-av1"),
        *("pixman", "proj", "pthread-stubs", "qt", "qt-main", "re2", "readline", "s2n", "snappy", "sqlite", "tbb"),
        *("tk", "ucx", "unixodbc", "x264", "x265", "xerces-c", "xz", "yaml", "zeromq", "zlib", "zstd", "zfp"),
    }
)

CONDA_LIBRARY_NAMES = (
    *("alsa-", "cuda-", "font-", "fonts-", "gst-", "gstreamer", "libgcc", "mysql-", "qt-", "qt6-", "xcb-", "xorg-"),
    *("gcc_", "gxx_", "binutils_"),
)

# Collections and parts of R itself.
R_OF_CONDA_LEFT = {
    "r-essentials": "a collection; the R packages that are used have to be named",
    "r-recommended": "a collection; R packages that are used have to be named",
}

# In lower case → as library() takes it; conda and Debian write all in lower case.
R_CAPITALS = {
    name.lower(): name
    for name in (
        *(
            "AER",
            "BH",
            "BiocManager",
            "BiocGenerics",
            "BiocParallel",
            "Biobase",
            "Biostrings",
            "Cairo",
            "DBI",
            "DEoptim",
        ),
        *("DESeq2", "DT", "DiagrammeR", "FNN", "FactoMineR", "Formula", "GGally", "GenomicRanges", "Hmisc", "IRanges"),
        *("IRdisplay", "IRkernel", "ISLR", "KernSmooth", "MASS", "MatrixModels", "Matrix", "MCMCpack", "MuMIn"),
        *("NLP", "R.methodsS3", "R.oo", "R.utils", "R6", "RColorBrewer", "RCurl", "RMySQL", "ROCR", "ROCit"),
        *("RODBC", "RPostgres", "RPostgreSQL", "RSQLite", "Rcpp", "RcppArmadillo", "RcppEigen", "RcppParallel"),
        *("Rsamtools", "Rtsne", "S4Vectors", "SnowballC", "SparseM", "StanHeaders", "TTR", "VGAM", "VIM", "WGCNA"),
        *("XML", "edgeR", "forecast", "GenomicFeatures", "jsonlite", "lubridate", "SummarizedExperiment", "Seurat"),
        *("SeuratObject", "TH.data", "PerformanceAnalytics", "PKI", "Rmpfr", "RInside", "RefManageR", "RNetCDF"),
        *("UpSetR", "UsingR", "CVST", "DAAG", "Deriv", "Ecdat", "GPArotation", "lmerTest", "lme4", "nycflights13"),
    )
}

# import → PyPI.
IMPORT_TO_PYPI = {
    "Bio": "biopython",
    "Crypto": "pycryptodome",
    "IPython": "ipython",
    "MySQLdb": "mysqlclient",
    "OpenGL": "PyOpenGL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "community": "python-louvain",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "fitz": "pymupdf",
    "git": "GitPython",
    "github": "PyGithub",
    "jwt": "PyJWT",
    "magic": "python-magic",
    "mpl_toolkits": "matplotlib",
    "osgeo": "gdal",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "rest_framework": "djangorestframework",
    "ruamel": "ruamel.yaml",
    "serial": "pyserial",
    "shapefile": "pyshp",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "skopt": "scikit-optimize",
    "slugify": "python-slugify",
    "speech_recognition": "SpeechRecognition",
    "umap": "umap-learn",
    "usb": "pyusb",
    "wx": "wxPython",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
# Names of imports that are the package's own; others of the same name are a guess.
IMPORTS_AS_PYPI = frozenset(
    {
        *("altair", "anywidget", "arviz", "astropy", "bokeh", "bqplot", "catboost", "cmdstanpy", "cupy", "cvxpy"),
        *("dash", "dask", "datashader", "distributed", "duckdb", "fastapi", "fiona", "flask", "folium", "fsspec"),
        *("gensim", "geopandas", "graphviz", "h5py", "holoviews", "httpx", "huggingface_hub", "hvplot", "imageio"),
        *("ipympl", "ipyleaflet", "ipywidgets", "jax", "joblib", "keras", "lightgbm", "lxml", "matplotlib", "mlflow"),
        *("msgpack", "netCDF4", "networkx", "nltk", "numba", "numexpr", "numpy", "openpyxl", "optuna", "pandas"),
        *("panel", "plotly", "plotnine", "polars", "psutil", "pyarrow", "pydantic", "pymc", "pyproj", "pyspark"),
        *("pytest", "pytz", "rasterio", "regex", "requests", "rich", "scipy", "seaborn", "shap", "shapely", "spacy"),
        *("sqlalchemy", "statsmodels", "streamlit", "sympy", "tensorflow", "toolz", "torch", "torchvision", "tqdm"),
        *(
            "transformers",
            "typer",
            "vega_datasets",
            "wordcloud",
            "xarray",
            "xgboost",
            "zarr",
            "xlrd",
            "tables",
            "cartopy",
            "igraph",
        ),
    }
)

# Packages that belong to the server, by PEP 503's names; what else begins so is one too.
SERVER = frozenset(
    {
        *("jupyterlab", "notebook", "nbclassic", "jupyterhub", "jupyter-server", "jupyter-server-proxy", "jupytext"),
        *("nbgitpuller", "jupyter-resource-usage", "jupyter-collaboration", "jupyter-lsp", "voila", "nbdime", "rise"),
        *("jupyter-ai", "jupyter-rsession-proxy", "jupyter-remote-desktop-proxy", "jupyter-vscode-proxy", "nbgrader"),
        *("jupyter-offlinenotebook", "jupyter-archive", "jupyter-scheduler", "jupyter-nbextensions-configurator"),
        *("jupyter-contrib-nbextensions", "retrolab", "jupyterlite-core", "jupyterlite", "jupyter-videochat"),
    }
)
SERVER_PREFIXES = ("jupyterlab-",)
# Widgets whose package has a part for the kernel and one for the browser; of ipywidgets the lock takes care.
BOTH = frozenset(
    {
        *("anywidget", "bqplot", "ipycytoscape", "ipydatagrid", "ipyleaflet", "ipympl", "ipytree", "ipyvuetify"),
        *("itkwidgets", "k3d", "nglview", "pythreejs", "ipycanvas", "ipyvolume", "jupyter-bokeh", "dask-labextension"),
    }
)
# What the server is made of: no kernel needs it, and the server has its own.
JUPYTER = frozenset(
    {
        *("jupyter-console", "jupyter-core", "jupyter-events", "jupyter-server-fileid", "jupyter-server-terminals"),
        *("jupyter-server-ydoc", "jupyter-ydoc", "jupyterlab-pygments", "jupyterlab-server", "jupyterlab-widgets"),
        *("notebook-shim", "widgetsnbextension", "ypy-websocket", "y-py", "terminado", "qtconsole", "nbclassic"),
    }
)
# Packages that only another operating system has.
ELSEWHERE = {
    **dict.fromkeys(("appnope", "pyobjc", "pyobjc-core", "pyobjc-framework-cocoa"), "macOS"),
    **dict.fromkeys(("pywin32", "pypiwin32", "pywinpty", "pywin32-ctypes", "wincertstore", "win-inet-pton"), "Windows"),
    **dict.fromkeys(("winshell", "menuinst", "windows-curses", "wmi"), "Windows"),
}
# Collections that are there anyway.
IMPLIED = frozenset({"jupyter", "ipykernel", "jupyter-client", "jupyter-console", "jupyterlab-widgets"})

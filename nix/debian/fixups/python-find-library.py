

def _search_path():
    """List the directories that the loader searches for the main program, as it says itself."""
    # jupyflake: the loader's cache and a compiler, which this module asks otherwise, don't know the store.
    from ctypes import CDLL, POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint, c_void_p, cast
    from ctypes import create_string_buffer

    class Entry(Structure):
        _fields_ = (("name", c_char_p), ("flags", c_uint))

    class Information(Structure):
        _fields_ = (("size", c_size_t), ("count", c_uint), ("entries", Entry * 1))

    program = CDLL(None)
    try:
        dlinfo = program.dlinfo
    except AttributeError:
        return []
    dlinfo.argtypes = (c_void_p, c_int, c_void_p)
    size = Information()
    # RTLD_DI_SERINFOSIZE, then RTLD_DI_SERINFO.
    if dlinfo(program._handle, 5, byref(size)):
        return []
    buffer = create_string_buffer(size.size)
    information = cast(buffer, POINTER(Information)).contents
    information.size, information.count = size.size, size.count
    if dlinfo(program._handle, 4, buffer):
        return []
    entries = cast(byref(information.entries), POINTER(Entry * information.count)).contents
    return [os.fsdecode(entry.name) for entry in entries]


if os.name == "posix":

    def find_library(name):
        """Return the file name of a shared library that CDLL will find, or None."""
        import re

        wanted = re.compile(rf"lib{re.escape(name)}\.so(\.[0-9]+)*$")
        for directory in _search_path():
            try:
                found = sorted(filter(wanted.match, os.listdir(directory)), key=lambda file: (file.count("."), file))
            except OSError:
                continue
            if found:
                # "libz.so.1" rather than "libz.so.1.3.1" or a development link, as the loader's cache would say.
                return next((file for file in found if file.count(".") == 2), found[0])
        return None

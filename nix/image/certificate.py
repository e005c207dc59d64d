"""Make a certificate that this container signs itself, with its key, in one file that only its owner reads.

    make-certificate FILE

OpenSSL does it: the library that Python's `ssl` has loaded already, so the image needs no program for it.
A file that is there and not yet old is kept: browsers that were told to trust it go on doing so.
"""

from __future__ import annotations

import ctypes
import os
import re
import secrets
import socket
import ssl
import sys
import time
from ctypes import c_char_p, c_int, c_long, c_uint64, c_void_p

DAY = 24 * 60 * 60
VALID = 365 * DAY
# Made anew before it ends, at the next start.
KEPT = 300 * DAY

_MBSTRING_ASC = 0x1001
_NID_SUBJECT_ALT_NAME = 85
_BIO_CTRL_INFO = 3
_VERSION_3 = 2


def libcrypto() -> ctypes.CDLL:
    """Find the library among what this process has loaded."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        found = re.search(r"(/\S*libcrypto\S*)$", maps.read(), re.MULTILINE)
    if found is None or ssl.OPENSSL_VERSION_INFO < (3,):
        message = "Python's ssl is not made with the OpenSSL 3 that the calls below need"
        raise OSError(message)
    return ctypes.CDLL(found[1])


def functions(library: ctypes.CDLL) -> dict[str, ctypes._CFuncPtr]:
    """Say what the functions take; without that pointers are cut to 32 bits."""
    signatures = {
        "ASN1_INTEGER_set_uint64": (c_int, c_void_p, c_uint64),
        "BIO_ctrl": (c_long, c_void_p, c_int, c_long, c_void_p),
        "BIO_new": (c_void_p, c_void_p),
        "BIO_s_mem": (c_void_p,),
        "EVP_PKEY_Q_keygen": (c_void_p, c_void_p, c_char_p, c_char_p, c_char_p),
        "EVP_sha256": (c_void_p,),
        "PEM_write_bio_PrivateKey": (c_int, c_void_p, c_void_p, c_void_p, c_char_p, c_int, c_void_p, c_void_p),
        "PEM_write_bio_X509": (c_int, c_void_p, c_void_p),
        "X509V3_EXT_conf_nid": (c_void_p, c_void_p, c_void_p, c_int, c_char_p),
        "X509_NAME_add_entry_by_txt": (c_int, c_void_p, c_char_p, c_int, c_char_p, c_int, c_int, c_int),
        "X509_add_ext": (c_int, c_void_p, c_void_p, c_int),
        "X509_get_serialNumber": (c_void_p, c_void_p),
        "X509_get_subject_name": (c_void_p, c_void_p),
        "X509_getm_notAfter": (c_void_p, c_void_p),
        "X509_getm_notBefore": (c_void_p, c_void_p),
        "X509_gmtime_adj": (c_void_p, c_void_p, c_long),
        "X509_new": (c_void_p,),
        "X509_set_issuer_name": (c_int, c_void_p, c_void_p),
        "X509_set_pubkey": (c_int, c_void_p, c_void_p),
        "X509_set_version": (c_int, c_void_p, c_long),
        "X509_sign": (c_int, c_void_p, c_void_p, c_void_p),
    }
    found = {}
    for name, (result, *arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
        function.errcheck = _checked
        found[name] = function
    return found


def _checked(result: int | None, function: ctypes._CFuncPtr, _: tuple[object, ...]) -> int | None:
    if not result:
        message = f"OpenSSL's {function.__name__} failed"
        raise OSError(message)
    return result


def make(names: list[str]) -> bytes:
    """Make key and certificate for host names, as PEM.

    Raises:
        OSError: OpenSSL is not there, or refuses.

    """
    call = functions(libcrypto())
    key = call["EVP_PKEY_Q_keygen"](None, None, b"EC", b"P-256")
    certificate = call["X509_new"]()
    call["X509_set_version"](certificate, _VERSION_3)
    call["ASN1_INTEGER_set_uint64"](call["X509_get_serialNumber"](certificate), secrets.randbits(62) + 1)
    call["X509_gmtime_adj"](call["X509_getm_notBefore"](certificate), 0)
    call["X509_gmtime_adj"](call["X509_getm_notAfter"](certificate), VALID)
    call["X509_set_pubkey"](certificate, key)
    # It is its own issuer.
    name = call["X509_get_subject_name"](certificate)
    call["X509_NAME_add_entry_by_txt"](name, b"CN", _MBSTRING_ASC, names[0].encode(), -1, -1, 0)
    call["X509_set_issuer_name"](certificate, name)
    # Browsers read the host names here and nowhere else.
    alternatives = ",".join(["IP:127.0.0.1", *(f"DNS:{each}" for each in names)]).encode()
    extension = call["X509V3_EXT_conf_nid"](None, None, _NID_SUBJECT_ALT_NAME, alternatives)
    call["X509_add_ext"](certificate, extension, -1)
    call["X509_sign"](certificate, key, call["EVP_sha256"]())

    memory = call["BIO_new"](call["BIO_s_mem"]())
    call["PEM_write_bio_PrivateKey"](memory, key, None, None, 0, None, None)
    call["PEM_write_bio_X509"](memory, certificate)
    start = c_void_p()
    length = call["BIO_ctrl"](memory, _BIO_CTRL_INFO, 0, ctypes.byref(start))
    return ctypes.string_at(start.value or 0, length)


def main(file: str) -> int:
    """Write the file unless a young one is there."""
    try:
        if time.time() - os.stat(file).st_mtime < KEPT:
            return 0
    except FileNotFoundError:
        os.makedirs(os.path.dirname(file) or ".", mode=0o700, exist_ok=True)
    hosts = {"localhost", socket.gethostname()}
    names = ["localhost", *sorted(host for host in hosts - {"localhost"} if re.fullmatch(r"[A-Za-z0-9.-]+", host))]
    temporary = f"{file}.{os.getpid()}"
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(make(names))
    os.replace(temporary, file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

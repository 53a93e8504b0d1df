/* What each byte may be: see NAME_START and its neighbours in engine.h. Bytes from 0x80 on are parts of characters beyond
 * ASCII: they may stand in texts and values, and in no name that the engine takes. */
#include "engine.h"

const unsigned char CHARACTERS[256] = {
    24, 24, 24, 24, 24, 24, 24, 24, 24, 20, 20, 24, 24, 24, 24, 24,
    24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24,
     4,  0, 16,  0,  0,  0, 24, 16,  0,  0,  0,  0,  0,  2,  2,  0,
     2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  0,  0, 24,  0,  0,  0,
     0,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,
     3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  0,  0,  8,  0,  3,
     0,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,
     3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
};

const char *const REASON_NAMES[REASONS] = {
    "none",
    "error",
    "not-valid",
    "source",
    "encoding",
    "declaration",
    "doctype",
    "cdata",
    "markup",
    "name",
    "namespace",
    "reference",
    "character",
    "depth",
    "size",
    "root",
    "unknown-attribute",
    "unknown-child",
    "variant",
    "stray-text",
    "value",
    "missing",
    "class",
    "object",
    "preserved",
    "order",
};

bool
is_ascii(Slice text)
{
    const char *at = text.at;
    const char *end = at + text.size;
    for (; end - at >= 8; at += 8) {
        uint64_t block;
        memcpy(&block, at, 8);
        if (block & UINT64_C(0x8080808080808080)) {
            return false;
        }
    }
    while (at < end) {
        if ((unsigned char)*at++ >= 0x80) {
            return false;
        }
    }
    return true;
}

/* The character beyond ASCII that begins at a byte: how many bytes it has; 0 where it is none that XML allows. */
static int
wide_character(const unsigned char *at, Py_ssize_t left)
{
    unsigned char first = *at;
    int size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (!size || left < size) {
        return 0;
    }
    uint32_t code = first & (0xFFu >> (size + 1));
    for (int i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        code = code << 6 | (at[i] & 0x3Fu);
    }
    bool is_too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    bool is_allowed = code <= 0x10FFFF && code != 0xFFFE && code != 0xFFFF;
    return is_too_long || is_surrogate || !is_allowed ? 0 : size;
}

/* Whether the bytes are UTF-8 without U+FFFE and U+FFFF, which XML does not allow. ASCII is not looked into. */
bool
is_plain_utf8(const char *text, Py_ssize_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + size;
    while (at < end) {
        if (end - at >= 8 && is_ascii((Slice){(const char *)at, 8})) {
            at += 8;
            continue;
        }
        int bytes = *at < 0x80 ? 1 : wide_character(at, end - at);
        if (!bytes) {
            return false;
        }
        at += bytes;
    }
    return true;
}

bool
is_blank(Slice text)
{
    for (Py_ssize_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
            return false;
        }
    }
    return true;
}

PyObject *
string_from(Slice text)
{
    return PyUnicode_DecodeUTF8(text.at, text.size, "strict");
}

PyObject *
string_of(Text text)
{
    if (!text.is_ascii) {
        return string_from(text.bytes);
    }
    PyObject *string = PyUnicode_New(text.bytes.size, 127);
    if (string != NULL && text.bytes.size) {
        memcpy(PyUnicode_1BYTE_DATA(string), text.bytes.at, (size_t)text.bytes.size);
    }
    return string;
}

/* Text that grows, and what XML makes of characters and values. */
#include "output.h"

enum { FIRST_CAPACITY = 4096 };

bool
make_room(Writer *writer, Py_ssize_t size)
{
    if (size > PY_SSIZE_T_MAX / 4 - writer->capacity) {
        return refuse(writer, TOO_LARGE);
    }
    Py_ssize_t capacity = writer->capacity * 2 + size + FIRST_CAPACITY;
    char *bytes = PyMem_Realloc(writer->bytes, (size_t)capacity);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return refuse(writer, ERROR_IS_SET);
    }
    writer->bytes = bytes;
    writer->capacity = capacity;
    return true;
}

bool
put_margin(Writer *writer, int level)
{
    if (level == NO_MARGIN) {
        return true;
    }
    Py_ssize_t spaces = (Py_ssize_t)level * writer->step;
    if (spaces >= writer->capacity - writer->size && !make_room(writer, spaces + 1)) {
        return false;
    }
    writer->bytes[writer->size] = '\n';
    memset(writer->bytes + writer->size + 1, ' ', (size_t)spaces);
    writer->size += spaces + 1;
    return true;
}

/* ------------------------------------------------------------------ escapes */

/* What stands for a character; no bytes where it stands for itself. */
static Slice
escape_of(char c, int place)
{
    switch (c) {
    case '&':
        return LITERAL("&amp;");
    case '<':
        return LITERAL("&lt;");
    case '>':
        return LITERAL("&gt;");
    case '\r':
        return LITERAL("&#13;");
    case '\'':
        return place == IN_ATTRIBUTE ? LITERAL("&apos;") : (Slice){"", 0};
    case '\t':
        return place == IN_ATTRIBUTE ? LITERAL("&#9;") : (Slice){"", 0};
    case '\n':
        return place == IN_ATTRIBUTE ? LITERAL("&#10;") : (Slice){"", 0};
    default:
        return (Slice){"", 0};
    }
}

static bool
put_escaped_bytes(Writer *writer, Slice text, int place)
{
    const char *end = text.at + text.size;
    for (const char *at = text.at; at < end;) {
        const char *run = at;
        at = pass_plain(at, end);
        while (at < end && !is_kind(*at, STOPS_VALUE) && *at != '>') {
            at++;
        }
        if (!put(writer, (Slice){run, at - run})) {
            return false;
        }
        if (at < end) {
            Slice escape = escape_of(*at, place);
            if (!escape.size && (unsigned char)*at < 0x20 && !is_kind(*at, BLANK)) {
                return refuse(writer, BAD_CHARACTER);
            }
            if (!put(writer, escape.size ? escape : (Slice){at, 1})) {
                return false;
            }
            at++;
        }
    }
    return true;
}

/* A string with characters beyond ASCII: its UTF-8 is not kept with it. */
static bool
put_escaped_wide(Writer *writer, PyObject *string, int place)
{
    PyObject *bytes = PyUnicode_AsUTF8String(string);
    if (bytes == NULL) {
        return refuse(writer, reason_for_exception());
    }
    Slice text = {PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)};
    bool is_done = is_plain_utf8(text.at, text.size) ? put_escaped_bytes(writer, text, place)
                                                     : refuse(writer, BAD_CHARACTER);
    Py_DECREF(bytes);
    return is_done;
}

bool
put_escaped(Writer *writer, PyObject *string, int place)
{
    if (!PyUnicode_CheckExact(string)) {
        return refuse(writer, UNUSUAL_OBJECT);
    }
    if (!PyUnicode_IS_COMPACT_ASCII(string)) {
        return put_escaped_wide(writer, string, place);
    }
    Slice text = {(const char *)PyUnicode_1BYTE_DATA(string), PyUnicode_GET_LENGTH(string)};
    return put_escaped_bytes(writer, text, place);
}

/* ------------------------------------------------------------------ values */

/* Numbers and members of enumerations are written by what they are. Truth values are neither: 1 and True are equal. */
static bool
is_rememberable(PyObject *value)
{
    return PyLong_CheckExact(value) || PyUnicode_Check(value);
}

static LateValue *
late_place(Values *values, PyObject *value, int place)
{
    return &values->late[place][(uintptr_t)value / 16 % LATE_VALUES];
}

/* Keeps what was written for a value, as bytes; there are none with an exception. Takes no reference to the value. */
static bool
remember_late(Writer *writer, Values *values, PyObject *value, int place, PyObject *bytes)
{
    if (bytes == NULL) {
        return refuse(writer, ERROR_IS_SET);
    }
    LateValue *late = late_place(values, value, place);
    LateValue old = *late;
    *late = (LateValue){Py_NewRef(value), bytes};
    Py_XDECREF(old.value);
    Py_XDECREF(old.written);
    return true;
}

/* Whether what the converter wrote holds for all equal values: a word of a newer schema is right for one object only.
 * Strings that have passed a test are their own text. */
static int
is_lasting(Values *values, PyObject *value, PyObject *text)
{
    return PyLong_CheckExact(value) || value == text ? 1 : PyDict_Contains(values->converter, text);
}

static bool
remember_written(Writer *writer, Values *values, PyObject *value, PyObject *text, int place, Slice written)
{
    bool is_short = written.size <= LONGEST_REMEMBERED && PyDict_GET_SIZE(values->written[place]) < MOST_REMEMBERED;
    int lasts = is_short && is_rememberable(value) ? is_lasting(values, value, text) : 0;
    if (lasts <= 0) {
        return lasts == 0 || refuse(writer, ERROR_IS_SET);
    }
    PyObject *bytes = PyBytes_FromStringAndSize(written.at, written.size);
    int result = bytes != NULL ? PyDict_SetItem(values->written[place], value, bytes) : -1;
    Py_XDECREF(bytes);
    return result == 0 || refuse(writer, ERROR_IS_SET);
}

static bool
put_formatted(Writer *writer, Values *values, PyObject *value, int place)
{
    int is_plain = is_plain_value(writer->engine, values, value);
    PyObject *text = is_plain < 0 ? NULL : is_plain ? Py_NewRef(value) : PyObject_CallOneArg(values->format, value);
    if (text == NULL) {
        return refuse(writer, reason_for_exception());
    }
    Py_ssize_t from = writer->size;
    bool is_done = put_escaped(writer, text, place);
    if (is_done) {
        Slice written = {writer->bytes + from, writer->size - from};
        is_done = remember_written(writer, values, value, text, place, written);
    }
    Py_DECREF(text);
    return is_done;
}

static bool
put_remembered(Writer *writer, Values *values, PyObject *value, int place)
{
    PyObject *known = PyDict_GetItemWithError(values->written[place], value);
    if (known == NULL) {
        return PyErr_Occurred() ? refuse(writer, reason_for_exception()) : put_formatted(writer, values, value, place);
    }
    Slice written = {PyBytes_AS_STRING(known), PyBytes_GET_SIZE(known)};
    return put(writer, written) && remember_late(writer, values, value, place, Py_NewRef(known));
}

/* Whether a value can never be written in another way: it is of a type that is written in C, and may be a key. Numbers with
 * a point and dates are; that values are equal does not mean that they are written alike (1.0, 1.00). */
static bool
is_unchangeable(PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    bool is_of_c = !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) || type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE;
    return is_of_c && type->tp_hash != NULL && type->tp_hash != PyObject_HashNotImplemented && !PyTuple_Check(value);
}

static bool
remember_address(Writer *writer, Values *values, PyObject *value, PyObject *address, int place, Slice written)
{
    if (written.size > LONGEST_REMEMBERED || PyDict_GET_SIZE(values->by_address[place]) >= MOST_REMEMBERED) {
        return true;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(written.at, written.size);
    PyObject *pair = bytes != NULL ? PyTuple_Pack(2, value, bytes) : NULL;
    int result = pair != NULL ? PyDict_SetItem(values->by_address[place], address, pair) : -1;
    Py_XDECREF(bytes);
    Py_XDECREF(pair);
    return result == 0 || refuse(writer, ERROR_IS_SET);
}

/* A value that is found by its address, which stays its own: it is held. */
static bool
put_unchangeable(Writer *writer, Values *values, PyObject *value, int place)
{
    PyObject *address = PyLong_FromVoidPtr(value);
    PyObject *pair = address != NULL ? PyDict_GetItemWithError(values->by_address[place], address) : NULL;
    bool is_done = false;
    if (pair != NULL) {
        PyObject *known = PyTuple_GET_ITEM(pair, 1);
        is_done = put(writer, (Slice){PyBytes_AS_STRING(known), PyBytes_GET_SIZE(known)});
    }
    else if (PyErr_Occurred()) {
        refuse(writer, ERROR_IS_SET);
    }
    else {
        Py_ssize_t from = writer->size;
        is_done = put_formatted(writer, values, value, place)
                  && remember_address(writer, values, value, address, place,
                                      (Slice){writer->bytes + from, writer->size - from});
    }
    Py_XDECREF(address);
    return is_done;
}

/* A number, none of whose characters needs an escape. Returns whether it is known how it is written. */
static int
put_number(Writer *writer, Values *values, PyObject *value)
{
    Written written;
    int is_known = write_number(values, value, &written);
    bool is_done = is_known > 0 ? put(writer, written.text) : is_known == 0 || refuse(writer, reason_for_exception());
    Py_XDECREF(written.held);
    return is_done ? is_known : -1;
}

/* What the converter writes for a value, escaped. */
bool
put_value(Writer *writer, Values *values, PyObject *value, int place)
{
    if (values == NULL) {
        return put_escaped(writer, value, place);
    }
    LateValue *late = late_place(values, value, place);
    if (late->value == value) {
        return put(writer, (Slice){PyBytes_AS_STRING(late->written), PyBytes_GET_SIZE(late->written)});
    }
    if (PyBool_Check(value)) {
        Py_ssize_t from = writer->size;
        return put_formatted(writer, values, value, place)
               && remember_late(writer, values, value, place,
                                PyBytes_FromStringAndSize(writer->bytes + from, writer->size - from));
    }
    int is_number = PyUnicode_Check(value) ? 0 : put_number(writer, values, value);
    if (is_number) {
        return is_number > 0;
    }
    if (is_rememberable(value)) {
        return put_remembered(writer, values, value, place);
    }
    return is_unchangeable(value) ? put_unchangeable(writer, values, value, place)
                                  : put_formatted(writer, values, value, place);
}

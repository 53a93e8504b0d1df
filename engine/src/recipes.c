/* Values that are new to a converter. For the usual kinds of texts and values a recipe says what Python code would make of
 * them; for others the converter is asked. */
#include "forms.h"

typedef enum { STRINGS, INTEGERS, HEXADECIMALS, DECIMALS, FLOATS, LISTS, RECIPE_KINDS } RecipeKind;

enum {
    LONGEST_INTEGER = 18,       /* digits that fit an int64_t, whatever they are */
    LONGEST_HEXADECIMAL = 15,
    LONGEST_DECIMAL = 63        /* bytes */
};

/* What a converter does. It takes the texts that any of its forms allows. */
struct Recipe {
    RecipeKind kind;
    int digits;                 /* at least so many in hexadecimal */
    PyTypeObject *type;         /* of decimal numbers; owned */
    Recipe *item;               /* of a list, of which there are so many */
    Py_ssize_t least, most;     /* `most` is negative where there is no limit */
    bool takes_all;
    Py_ssize_t count;
    Form **forms;
};

/* ------------------------------------------------------------------ what a text means */

static Verdict
takes(const Recipe *recipe, Slice text)
{
    Verdict verdict = recipe->takes_all ? ALLOWED : UNSURE;
    for (Py_ssize_t i = 0; i < recipe->count && (verdict == DENIED || verdict == UNSURE); i++) {
        verdict = form_allows(recipe->forms[i], text);
    }
    return verdict;
}

/* The number that a text is the usual spelling of. */
static bool
read_integer(Slice text, int64_t *value)
{
    bool is_negative = text.size && *text.at == '-';
    Py_ssize_t count = text.size - is_negative;
    const char *digits = text.at + is_negative;
    if (!count || count > LONGEST_INTEGER || (*digits == '0' && (count > 1 || is_negative))) {
        return false;
    }
    *value = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return false;
        }
        *value = *value * 10 + (digits[i] - '0');
    }
    *value = is_negative ? -*value : *value;
    return true;
}

static bool
read_hexadecimal(Slice text, int least, int64_t *value)
{
    Py_ssize_t count = text.size - 2;
    if (count < least || count < 1 || count > LONGEST_HEXADECIMAL || text.at[0] != '0' || text.at[1] != 'x') {
        return false;
    }
    *value = 0;
    for (Py_ssize_t i = 2; i < text.size; i++) {
        char c = text.at[i];
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && (c < 'a' || c > 'f')) {
            return false;
        }
        *value = *value * 16 + (is_digit ? c - '0' : c - 'a' + 10);
    }
    return count == 1 || count == least || text.at[2] != '0';
}

/* Digits, and more behind a point if there is one; no zeros before the first, and no plus. */
static bool
is_usual_decimal(Slice text)
{
    const char *at = text.at, *end = text.at + text.size;
    at += at < end && *at == '-';
    const char *whole = at;
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
    }
    if (at == whole || (*whole == '0' && at - whole > 1) || text.size > LONGEST_DECIMAL) {
        return false;
    }
    if (at == end) {
        return true;
    }
    const char *fraction = at + 1;
    if (*at++ != '.') {
        return false;
    }
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
    }
    return at == end && at > fraction;
}

static PyObject *
decimal_from(const Recipe *recipe, Slice text)
{
    PyObject *string = string_of((Text){text, true, false});
    PyObject *value = string != NULL ? PyObject_CallOneArg((PyObject *)recipe->type, string) : NULL;
    Py_XDECREF(string);
    return value;
}

/* NULL without an exception where Python spells the number otherwise. */
static PyObject *
float_from(Slice text)
{
    char copy[LONGEST_DECIMAL + 1];
    if (text.size > LONGEST_DECIMAL) {
        return NULL;
    }
    memcpy(copy, text.at, (size_t)text.size);
    copy[text.size] = '\0';
    double number = PyOS_string_to_double(copy, NULL, NULL);
    char *usual = number == -1.0 && PyErr_Occurred() ? NULL : PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    bool is_usual = usual != NULL && strcmp(usual, copy) == 0;
    PyMem_Free(usual);
    return is_usual ? PyFloat_FromDouble(number) : NULL;
}

static bool
is_usual(const Recipe *recipe, Slice text, int64_t *number)
{
    switch (recipe->kind) {
    case INTEGERS:
        return read_integer(text, number);
    case HEXADECIMALS:
        return read_hexadecimal(text, recipe->digits, number);
    case DECIMALS:
        return is_usual_decimal(text);
    case FLOATS:
    case LISTS:
    case STRINGS:
    case RECIPE_KINDS:
        break;
    }
    return true;
}

static PyObject *
value_of(const Recipe *recipe, Text text, int64_t number)
{
    switch (recipe->kind) {
    case INTEGERS:
    case HEXADECIMALS:
        return PyLong_FromLongLong(number);
    case DECIMALS:
        return decimal_from(recipe, text.bytes);
    case FLOATS:
        return float_from(text.bytes);
    case LISTS:
    case STRINGS:
    case RECIPE_KINDS:
        break;
    }
    return string_of(text);
}

static bool
is_right_count(const Recipe *recipe, Py_ssize_t count)
{
    return count >= recipe->least && (recipe->most < 0 || count <= recipe->most);
}

/* Appends what the words mean, which must have one space between any two. */
static int
read_items(const Recipe *recipe, Text text, PyObject *list)
{
    const char *at = text.bytes.at, *end = at + text.bytes.size;
    while (at < end) {
        const char *space = memchr(at, ' ', (size_t)(end - at));
        Text word = {{at, (space != NULL ? space : end) - at}, text.is_ascii, false};
        if (!word.bytes.size || space == end - 1) {
            return 0;
        }
        for (Py_ssize_t i = 0; i < word.bytes.size; i++) {
            if (is_kind(word.bytes.at[i], BLANK) || word.bytes.at[i] == '\r') {
                return 0;
            }
        }
        PyObject *item;
        int is_read = recipe_read(recipe->item, word, &item);
        if (is_read <= 0) {
            return is_read;
        }
        int result = PyList_Append(list, item);
        Py_DECREF(item);
        if (result < 0) {
            return -1;
        }
        at += word.bytes.size + 1;
    }
    return is_right_count(recipe, PyList_GET_SIZE(list));
}

static int
read_list(const Recipe *recipe, Text text, PyObject **value)
{
    PyObject *list = PyList_New(0);
    int is_read = list != NULL ? read_items(recipe, text, list) : -1;
    if (is_read <= 0) {
        Py_XDECREF(list);
        return is_read;
    }
    *value = list;
    return 1;
}

/* Whether a text is the usual spelling of a value; -1 with an exception. */
int
recipe_read(const Recipe *recipe, Text text, PyObject **value)
{
    if (recipe->kind == LISTS) {
        return read_list(recipe, text, value);
    }
    int64_t number = 0;
    if (!is_usual(recipe, text.bytes, &number)) {
        return 0;
    }
    Verdict verdict = takes(recipe, text.bytes);
    if (verdict != ALLOWED) {
        return verdict == FAILED ? -1 : 0;
    }
    *value = value_of(recipe, text, number);
    return *value != NULL ? 1 : PyErr_Occurred() ? -1 : 0;
}

bool
recipe_is_quick(const Recipe *recipe)
{
    return recipe->kind == INTEGERS || recipe->kind == HEXADECIMALS || recipe->kind == LISTS;
}

/* ------------------------------------------------------------------ how a value is written */

/* Digits from the end of a buffer; returns where they begin. */
static char *
put_digits(char *end, uint64_t number, unsigned base, int least)
{
    for (; number || least > 0; number /= base, least--) {
        *--end = "0123456789abcdef"[number % base];
    }
    return end;
}

static bool
write_integer(const Recipe *recipe, PyObject *value, Written *written)
{
    int overflow;
    int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
    bool is_hexadecimal = recipe->kind == HEXADECIMALS;
    if (overflow || (is_hexadecimal && (number < 0 || recipe->digits > LONGEST_HEXADECIMAL))) {
        return false;
    }
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char *end = written->digits + sizeof written->digits;
    char *start = put_digits(end, size, is_hexadecimal ? 16 : 10, is_hexadecimal ? recipe->digits : 1);
    if (is_hexadecimal) {
        *--start = 'x';
        *--start = '0';
    }
    else if (number < 0) {
        *--start = '-';
    }
    written->text = (Slice){start, end - start};
    return true;
}

static int
write_as_string(PyObject *string, Written *written)
{
    if (string == NULL) {
        return -1;
    }
    written->held = string;
    bool is_right = PyUnicode_CheckExact(string) && PyUnicode_IS_COMPACT_ASCII(string);
    if (is_right) {
        written->text = (Slice){(const char *)PyUnicode_1BYTE_DATA(string), PyUnicode_GET_LENGTH(string)};
    }
    return is_right;
}

static int
append_item(const Recipe *recipe, PyObject *value, PyObject *bytes)
{
    Written written;
    int is_written = recipe_write(recipe->item, value, &written);
    Py_ssize_t size = PyByteArray_GET_SIZE(bytes), gap = size > 0;
    if (is_written > 0 && PyByteArray_Resize(bytes, size + gap + written.text.size) < 0) {
        is_written = -1;
    }
    if (is_written > 0) {
        char *at = PyByteArray_AS_STRING(bytes) + size;
        *at = ' ';
        memcpy(at + gap, written.text.at, (size_t)written.text.size);
    }
    Py_XDECREF(written.held);
    return is_written;
}

/* The numbers of a list; it may change while Python code runs. */
static int
write_list(const Recipe *recipe, PyObject *value, Written *written)
{
    PyObject *bytes = PyByteArray_FromStringAndSize(NULL, 0);
    written->held = bytes;
    int is_written = bytes == NULL ? -1 : is_right_count(recipe, PyList_GET_SIZE(value));
    for (Py_ssize_t i = 0; is_written > 0 && i < PyList_GET_SIZE(value); i++) {
        PyObject *item = Py_NewRef(PyList_GET_ITEM(value, i));
        is_written = append_item(recipe, item, bytes);
        Py_DECREF(item);
    }
    if (is_written > 0) {
        written->text = (Slice){PyByteArray_AS_STRING(bytes), PyByteArray_GET_SIZE(bytes)};
    }
    return is_written;
}

static int
number_text(const Recipe *recipe, PyObject *value, Written *written)
{
    switch (recipe->kind) {
    case INTEGERS:
    case HEXADECIMALS:
        return PyLong_CheckExact(value) && write_integer(recipe, value, written);
    case DECIMALS:
        if (!Py_IS_TYPE(value, recipe->type)) {
            return 0;
        }
        int result = write_as_string(PyObject_Str(value), written);
        return result > 0 ? is_usual_decimal(written->text) : result;
    case FLOATS:
        return PyFloat_CheckExact(value) ? write_as_string(PyObject_Repr(value), written) : 0;
    case LISTS:
        return PyList_CheckExact(value) ? write_list(recipe, value, written) : 0;
    case STRINGS:
    case RECIPE_KINDS:
        break;
    }
    return 0;
}

/* Whether it is known how a number, or a list of numbers, is written; then `written` says how. It is to be released in any case. -1 with an
 * exception. */
int
recipe_write(const Recipe *recipe, PyObject *value, Written *written)
{
    written->held = NULL;
    int result = number_text(recipe, value, written);
    Verdict verdict = result > 0 ? takes(recipe, written->text) : result < 0 ? FAILED : UNSURE;
    return verdict == FAILED ? -1 : verdict == ALLOWED;
}

/* Whether a string is its own text; -1 with an exception. */
int
recipe_takes_string(const Recipe *recipe, PyObject *string)
{
    if (recipe->kind != STRINGS) {
        return 0;
    }
    if (PyUnicode_IS_COMPACT_ASCII(string)) {
        Slice text = {(const char *)PyUnicode_1BYTE_DATA(string), PyUnicode_GET_LENGTH(string)};
        Verdict verdict = takes(recipe, text);
        return verdict == FAILED ? -1 : verdict == ALLOWED;
    }
    PyObject *bytes = PyUnicode_AsUTF8String(string);
    if (bytes == NULL) {
        return -1;
    }
    Verdict verdict = takes(recipe, (Slice){PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)});
    Py_DECREF(bytes);
    return verdict == FAILED ? -1 : verdict == ALLOWED;
}

/* ------------------------------------------------------------------ what the package says */

static const char *const KIND_NAMES[RECIPE_KINDS] = {"string", "integer", "hexadecimal", "decimal", "float", "list"};

static int
take_item(Recipe *recipe, PyObject *detail)
{
    PyObject *item;
    if (!unpack(detail, "Onn", &item, &recipe->least, &recipe->most)) {
        return -1;
    }
    recipe->item = recipe_new(item);
    return recipe->item != NULL ? 0 : -1;
}

static int
take_detail(Recipe *recipe, PyObject *detail)
{
    if (recipe->kind == LISTS) {
        return take_item(recipe, detail);
    }
    if (recipe->kind == HEXADECIMALS) {
        long digits = PyLong_AsLong(detail);
        recipe->digits = digits > LONGEST_HEXADECIMAL ? LONGEST_HEXADECIMAL + 1 : (int)digits;
        return PyErr_Occurred() ? -1 : 0;
    }
    if (recipe->kind == DECIMALS && !PyType_Check(detail)) {
        PyErr_SetString(PyExc_TypeError, "the detail of decimals is a class");
        return -1;
    }
    recipe->type = recipe->kind == DECIMALS ? (PyTypeObject *)Py_NewRef(detail) : NULL;
    return 0;
}

static int
take_forms(Recipe *recipe, PyObject *forms)
{
    recipe->takes_all = PyTuple_GET_SIZE(forms) == 0;
    recipe->forms = zeroed(PyTuple_GET_SIZE(forms), sizeof(Form *));
    if (recipe->forms == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(forms); i++) {
        recipe->forms[i] = form_new(PyTuple_GET_ITEM(forms, i));
        if (recipe->forms[i] == NULL) {
            return -1;
        }
        recipe->count++;
    }
    return 0;
}

static int
take_recipe(Recipe *recipe, PyObject *description)
{
    const char *name;
    PyObject *detail, *forms;
    if (!unpack(description, "sOO!", &name, &detail, &PyTuple_Type, &forms)) {
        return -1;
    }
    int kind = index_of_word(KIND_NAMES, RECIPE_KINDS, name);
    if (kind < 0) {
        return -1;
    }
    recipe->kind = (RecipeKind)kind;
    return take_detail(recipe, detail) < 0 ? -1 : take_forms(recipe, forms);
}

/* The description is a tuple: the name of a kind, a detail, and forms. */
Recipe *
recipe_new(PyObject *description)
{
    Recipe *recipe = zeroed(1, sizeof(Recipe));
    if (recipe != NULL && take_recipe(recipe, description) < 0) {
        recipe_free(recipe);
        recipe = NULL;
    }
    return recipe;
}

int
recipe_visit(const Recipe *recipe, visitproc visit, void *arg)
{
    Py_VISIT(recipe->type);
    int found = recipe->item != NULL ? recipe_visit(recipe->item, visit, arg) : 0;
    if (found) {
        return found;
    }
    for (Py_ssize_t i = 0; i < recipe->count; i++) {
        int result = form_visit(recipe->forms[i], visit, arg);
        if (result) {
            return result;
        }
    }
    return 0;
}

void
recipe_free(Recipe *recipe)
{
    for (Py_ssize_t i = 0; i < recipe->count; i++) {
        form_free(recipe->forms[i]);
    }
    if (recipe->item != NULL) {
        recipe_free(recipe->item);
    }
    PyMem_Free(recipe->forms);
    Py_XDECREF(recipe->type);
    PyMem_Free(recipe);
}

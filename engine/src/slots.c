/* Where objects hold their fields, and conditions over fields. */
#include "engine.h"
#include <structmember.h>

void *
zeroed(Py_ssize_t count, size_t size)
{
    void *block = PyMem_Calloc((size_t)count + 1, size);
    if (block == NULL) {
        PyErr_NoMemory();
    }
    return block;
}

/* Takes a tuple of the package apart, as PyArg_ParseTuple does. */
bool
unpack(PyObject *described, const char *format, ...)
{
    if (!PyTuple_Check(described)) {
        PyErr_SetString(PyExc_TypeError, "the package describes itself by tuples");
        return false;
    }
    va_list places;
    va_start(places, format);
    int is_done = PyArg_VaParse(described, format, places);
    va_end(places);
    return is_done;
}

/* The place of a word among those that the engine knows; -1 with an exception. */
int
index_of_word(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    PyErr_Format(PyExc_ValueError, "the engine does not know %s", word);
    return -1;
}

/* ------------------------------------------------------------------ slots */

static Py_ssize_t
offset_in(PyObject *descriptor)
{
    if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
        return -1;
    }
    PyMemberDef *member = ((PyMemberDescrObject *)descriptor)->d_member;
    return member->type == T_OBJECT_EX && member->flags == 0 ? member->offset : -1;
}

/* Where objects of the class hold a field. */
Py_ssize_t
slot_offset(PyTypeObject *type, const char *name)
{
    PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, name);
    Py_ssize_t offset = descriptor != NULL ? offset_in(descriptor) : -1;
    Py_XDECREF(descriptor);
    if (offset < 0 && !PyErr_Occurred()) {
        PyErr_Format(PyExc_TypeError, "%s.%s is no slot", type->tp_name, name);
    }
    return offset;
}

Py_ssize_t
slot_named(PyTypeObject *type, PyObject *name)
{
    const char *bytes = PyUnicode_AsUTF8(name);
    return bytes != NULL ? slot_offset(type, bytes) : -1;
}

/* Whether objects of the class are a head and slots, and nothing is done when one is made. */
bool
is_made_of_slots(PyTypeObject *type)
{
    return PyType_IS_GC(type) && type->tp_alloc == PyType_GenericAlloc && !type->tp_itemsize && !type->tp_dictoffset
           && (type->tp_basicsize - HEAD) % (Py_ssize_t)sizeof(PyObject *) == 0;
}

/* ------------------------------------------------------------------ conditions */

static int
condition_kind(PyObject *word)
{
    static const char *const words[] = {"true", "given", "same", "other", "not", "all", "any"};
    const char *bytes = PyUnicode_AsUTF8(word);
    return bytes != NULL ? index_of_word(words, ANY_OF + 1, bytes) : -1;
}

/* The conditions in a tuple behind its first item. */
static int
read_parts(Condition *condition, PyTypeObject *type, PyObject *described)
{
    Py_ssize_t count = PyTuple_GET_SIZE(described) - 1;
    condition->parts = zeroed(count, sizeof(Condition));
    if (condition->parts == NULL) {
        return -1;
    }
    for (; condition->count < count; condition->count++) {
        Condition *part = &condition->parts[condition->count];
        if (condition_read(part, type, PyTuple_GET_ITEM(described, condition->count + 1)) < 0) {
            condition_free(part);
            return -1;
        }
    }
    return 0;
}

static int
read_test(Condition *condition, PyTypeObject *type, PyObject *described)
{
    PyObject *word, *name, *value = NULL;
    bool compares = condition->kind == IS_SAME || condition->kind == IS_OTHER;
    if (!(compares ? unpack(described, "UUO", &word, &name, &value) : unpack(described, "UU", &word, &name))) {
        return -1;
    }
    condition->value = Py_XNewRef(value);
    condition->offset = slot_named(type, name);
    return condition->offset < 0 ? -1 : 0;
}

/* What `described` says of objects of the class. The condition is zeroed, and is to be freed in any case. */
int
condition_read(Condition *condition, PyTypeObject *type, PyObject *described)
{
    PyObject *word = PyTuple_Check(described) && PyTuple_GET_SIZE(described) ? PyTuple_GET_ITEM(described, 0) : NULL;
    if (word == NULL || !PyUnicode_Check(word)) {
        PyErr_SetString(PyExc_TypeError, "a condition is a tuple that begins with its kind");
        return -1;
    }
    int kind = condition_kind(word);
    if (kind < 0 || Py_EnterRecursiveCall(" while a condition is read")) {
        return -1;
    }
    condition->kind = (ConditionKind)kind;
    int result = kind < NONE_OF ? read_test(condition, type, described) : read_parts(condition, type, described);
    Py_LeaveRecursiveCall();
    return result;
}

void
condition_clear(Condition *condition)
{
    Py_CLEAR(condition->value);
    for (Py_ssize_t i = 0; i < condition->count; i++) {
        condition_clear(&condition->parts[i]);
    }
}

void
condition_free(Condition *condition)
{
    Py_CLEAR(condition->value);
    for (Py_ssize_t i = 0; i < condition->count; i++) {
        condition_free(&condition->parts[i]);
    }
    PyMem_Free(condition->parts);
    condition->parts = NULL;
    condition->count = 0;
}

int
condition_visit(const Condition *condition, visitproc visit, void *arg)
{
    Py_VISIT(condition->value);
    int result = 0;
    for (Py_ssize_t i = 0; i < condition->count && !result; i++) {
        result = condition_visit(&condition->parts[i], visit, arg);
    }
    return result;
}

/* Whether a field has a value that a condition asks for. The value is held by the caller. */
static int
test_holds(const Condition *condition, PyObject *current)
{
    switch (condition->kind) {
    case IS_TRUE:
        return PyObject_IsTrue(current);
    case IS_GIVEN:
        return current != Py_None;
    case IS_SAME:
        return PyObject_RichCompareBool(current, condition->value, Py_EQ);
    default:
        return current == Py_None ? 0 : PyObject_RichCompareBool(current, condition->value, Py_NE);
    }
}

static int
field_holds(const Condition *condition, PyObject *object)
{
    PyObject *current = Py_XNewRef(SLOT(object, condition->offset));
    if (current == NULL) {
        PyErr_SetString(PyExc_AttributeError, "a field that a condition asks for has no value");
        return -1;
    }
    int holds = test_holds(condition, current);
    Py_DECREF(current);
    return holds;
}

/* Whether a condition holds for an object; -1 with an exception. */
int
condition_holds(const Condition *condition, PyObject *object)
{
    if (condition->kind < NONE_OF) {
        return field_holds(condition, object);
    }
    int decides = condition->kind != ALL_OF;
    for (Py_ssize_t i = 0; i < condition->count; i++) {
        int holds = condition_holds(&condition->parts[i], object);
        if (holds < 0 || holds == decides) {
            return holds < 0 ? -1 : condition->kind == ANY_OF;
        }
    }
    return condition->kind != ANY_OF;
}

/* Converters: the texts and values that each has met. A converter is a dict from texts to values, which Python code
 * fills; here its answers are found by bytes. */
#include "engine.h"

enum { FIRST_TEXTS = 16 };

/* What is an ordinary exception says no more than that the document is not regular. */
Reason
reason_for_exception(void)
{
    if (PyErr_ExceptionMatches(PyExc_Exception) && !PyErr_ExceptionMatches(PyExc_MemoryError)) {
        PyErr_Clear();
        return OTHER_VALUE;
    }
    return ERROR_IS_SET;
}

static Values *
values_new(PyObject *converter)
{
    Values *values = PyMem_Calloc(1, sizeof(Values));
    if (values == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    values->converter = Py_NewRef(converter);
    values->format = PyObject_GetAttrString(converter, "format");
    values->written[IN_TEXT] = PyDict_New();
    values->written[IN_ATTRIBUTE] = PyDict_New();
    values->by_address[IN_TEXT] = PyDict_New();
    values->by_address[IN_ATTRIBUTE] = PyDict_New();
    bool has_dicts = values->written[IN_TEXT] != NULL && values->written[IN_ATTRIBUTE] != NULL
                     && values->by_address[IN_TEXT] != NULL && values->by_address[IN_ATTRIBUTE] != NULL;
    if (values->format == NULL || !has_dicts) {
        values_clear(values);
        values_free(values);
        return NULL;
    }
    return values;
}

Values *
values_for(Engine *engine, PyObject *converter)
{
    if (!PyDict_Check(converter)) {
        PyErr_SetString(PyExc_TypeError, "a converter is a dict");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < engine->value_count; i++) {
        if (engine->values[i]->converter == converter) {
            return engine->values[i];
        }
    }
    Values *values = values_new(converter);
    Values **all = values != NULL ? one_longer(engine->values, engine->value_count) : NULL;
    if (all == NULL) {
        if (values != NULL) {
            values_clear(values);
            values_free(values);
        }
        return NULL;
    }
    engine->values = all;
    engine->values[engine->value_count++] = values;
    return values;
}

static KnownText *
place_for(KnownText *texts, int capacity, Slice text, uint32_t hash)
{
    uint32_t place = hash & (uint32_t)(capacity - 1);
    for (;;) {
        KnownText *known = &texts[place];
        bool is_same = known->value != NULL && known->hash == hash && known->size == (uint32_t)text.size
                       && same_bytes(known->bytes, text.at, text.size);
        if (known->value == NULL || is_same) {
            return known;
        }
        place = (place + 1) & (uint32_t)(capacity - 1);
    }
}

static int
texts_grow(Values *values)
{
    int capacity = values->capacity ? values->capacity * 2 : FIRST_TEXTS;
    KnownText *texts = PyMem_Calloc((size_t)capacity, sizeof(KnownText));
    if (texts == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < values->capacity; i++) {
        KnownText *known = &values->texts[i];
        if (known->value != NULL) {
            *place_for(texts, capacity, (Slice){known->bytes, known->size}, known->hash) = *known;
        }
    }
    PyMem_Free(values->texts);
    values->texts = texts;
    values->capacity = capacity;
    return 0;
}

static int
remember_text(Values *values, Slice text, uint32_t hash, const Reading *reading)
{
    if (text.size > LONGEST_REMEMBERED || values->used >= MOST_REMEMBERED) {
        return 0;
    }
    if (values->used * 2 >= values->capacity && texts_grow(values) < 0) {
        return -1;
    }
    KnownText *known = place_for(values->texts, values->capacity, text, hash);
    if (known->value != NULL) {
        return 0;
    }
    char *bytes = PyMem_Malloc((size_t)text.size + 1);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(bytes, text.at, (size_t)text.size);
    *known = (KnownText){hash, (uint32_t)text.size, bytes, Py_NewRef(reading->value), Py_XNewRef(reading->usual)};
    values->used++;
    return 0;
}

/* Most documents repeat themselves, so a converter is asked for its recipe only when it has met many texts. */
static int
ask_for_recipe(Engine *engine, Values *values)
{
    PyObject *description = PyObject_CallOneArg(engine->recipe, values->converter);
    Recipe *recipe = description == NULL || description == Py_None ? NULL : recipe_new(description);
    bool is_done = description == Py_None || recipe != NULL;
    Py_XDECREF(description);
    if (!is_done) {
        return -1;
    }
    if (values->has_asked && recipe != NULL) {
        recipe_free(recipe);    /* another thread was faster */
        return 0;
    }
    values->has_asked = true;
    values->recipe = recipe;
    return 0;
}

/* After a text or value that is not remembered. Returns whether there is a recipe; -1 with an exception. */
static int
needs_recipe(Engine *engine, Values *values)
{
    bool is_time = !values->has_asked && values->misses++ >= MISSES_BEFORE_RECIPE;
    if (is_time && ask_for_recipe(engine, values) < 0) {
        return -1;
    }
    return values->recipe != NULL;
}

/* Whether a new value is surely its own text: -1 with an exception, 0 where the converter has to say. */
int
is_plain_value(Engine *engine, Values *values, PyObject *value)
{
    int has_recipe = needs_recipe(engine, values);
    if (has_recipe <= 0 || !PyUnicode_CheckExact(value)) {
        return has_recipe < 0 ? -1 : 0;
    }
    return recipe_takes_string(values->recipe, value);
}

/* How a number is written, which is to be released: -1 with an exception, 0 where the converter has to say. */
int
write_number(Values *values, PyObject *value, Written *written)
{
    written->held = NULL;
    return values->recipe != NULL ? recipe_write(values->recipe, value, written) : 0;
}

/* What is set says that the text stands for a value in another spelling; anything else is left set. */
static int
take_other_spelling(Engine *engine, Reading *reading)
{
    if (!PyErr_ExceptionMatches(engine->other_spelling)) {
        return -1;
    }
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    reading->value = PyObject_GetAttrString(error, "value");
    reading->usual = reading->value != NULL ? PyObject_GetAttrString(error, "canonical") : NULL;
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(traceback);
    if (reading->usual == NULL || !PyUnicode_Check(reading->usual)) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_TypeError, "the usual spelling is a string");
        }
        return -1;
    }
    return 0;
}

/* Asks the converter. Returns whether the meaning may be remembered: what the converter remembers is immutable, and always
 * the meaning of this text; so are strings and numbers. -1 with an exception. */
static int
convert(Engine *engine, Values *values, PyObject *string, Reading *reading)
{
    reading->value = PyObject_GetItem(values->converter, string);
    if (reading->value != NULL) {
        return PyDict_Contains(values->converter, string);
    }
    if (take_other_spelling(engine, reading) < 0) {
        return -1;
    }
    return PyLong_Check(reading->value) || PyUnicode_Check(reading->value);
}

static void
drop_reading(Reading *reading)
{
    Py_CLEAR(reading->value);
    Py_CLEAR(reading->usual);
}

/* What a text means that is not remembered; returns as `convert` does. */
static int
read_new_value(Engine *engine, Values *values, Text text, Reading *reading)
{
    int is_read = needs_recipe(engine, values);
    if (is_read > 0) {
        is_read = recipe_read(values->recipe, text, &reading->value);
    }
    if (is_read) {
        return is_read < 0 ? -1 : !recipe_is_quick(values->recipe);
    }
    PyObject *string = string_of(text);
    int may_remember = string != NULL ? convert(engine, values, string, reading) : -1;
    Py_XDECREF(string);
    return may_remember;
}

static bool
read_and_remember(Engine *engine, Values *values, Text text, uint32_t hash, Reading *reading, Reason *reason)
{
    int may_remember = read_new_value(engine, values, text, reading);
    if (may_remember < 0) {
        drop_reading(reading);
        *reason = reason_for_exception();
        return false;
    }
    if (may_remember && remember_text(values, text.bytes, hash, reading) < 0) {
        drop_reading(reading);
        *reason = ERROR_IS_SET;
        return false;
    }
    return true;
}

/* What a text means; false where it is not allowed. */
bool
read_value(Engine *engine, Values *values, Text text, Reading *reading, Reason *reason)
{
    *reading = (Reading){NULL, NULL};
    if (values == NULL) {
        reading->value = string_of(text);
        if (reading->value == NULL) {
            *reason = ERROR_IS_SET;
        }
        return reading->value != NULL;
    }
    if (values->recipe != NULL && recipe_is_quick(values->recipe)) {
        int is_read = recipe_read(values->recipe, text, &reading->value);
        if (is_read) {
            *reason = is_read < 0 ? reason_for_exception() : FINE;
            return is_read > 0;
        }
    }
    uint32_t hash = hash_of(text.bytes);
    if (values->capacity) {
        KnownText *known = place_for(values->texts, values->capacity, text.bytes, hash);
        if (known->value != NULL) {
            *reading = (Reading){Py_NewRef(known->value), Py_XNewRef(known->usual)};
            return true;
        }
    }
    return read_and_remember(engine, values, text, hash, reading, reason);
}

int
values_visit(Values *values, visitproc visit, void *arg)
{
    Py_VISIT(values->converter);
    Py_VISIT(values->format);
    int result = values->recipe != NULL ? recipe_visit(values->recipe, visit, arg) : 0;
    if (result) {
        return result;
    }
    for (int i = 0; i < values->capacity; i++) {
        Py_VISIT(values->texts[i].value);
        Py_VISIT(values->texts[i].usual);
    }
    for (int place = 0; place < PLACES; place++) {
        Py_VISIT(values->written[place]);
        Py_VISIT(values->by_address[place]);
        for (int i = 0; i < LATE_VALUES; i++) {
            Py_VISIT(values->late[place][i].value);
        }
    }
    return 0;
}

/* Lets go of all objects. What is remembered is taken out first, since letting go may run Python code. */
void
values_clear(Values *values)
{
    KnownText *texts = values->texts;
    int capacity = values->capacity;
    values->texts = NULL;
    values->capacity = values->used = 0;
    for (int i = 0; i < capacity; i++) {
        PyMem_Free(texts[i].bytes);
        Py_XDECREF(texts[i].value);
        Py_XDECREF(texts[i].usual);
    }
    PyMem_Free(texts);
    for (int place = 0; place < PLACES; place++) {
        Py_CLEAR(values->written[place]);
        Py_CLEAR(values->by_address[place]);
        for (int i = 0; i < LATE_VALUES; i++) {
            Py_CLEAR(values->late[place][i].value);
            Py_CLEAR(values->late[place][i].written);
        }
    }
    Py_CLEAR(values->format);
    Recipe *recipe = values->recipe;
    values->recipe = NULL;
    if (recipe != NULL) {
        recipe_free(recipe);
    }
    Py_CLEAR(values->converter);
}

void
values_free(Values *values)
{
    PyMem_Free(values);
}

/* Names of elements and attributes, and tables of them; arrays that grow. */
#include "engine.h"

enum { FIRST_CAPACITY = 8 };

/* An array of pointers with room for one more; the old one is gone. */
void *
one_longer(void *array, Py_ssize_t count)
{
    void *longer = PyMem_Realloc(array, (size_t)(count + 1) * sizeof(void *));
    if (longer == NULL) {
        PyErr_NoMemory();
    }
    return longer;
}

/* The bytes are those of the string, which must outlive the name. */
int
name_from(PyObject *expanded, Name *name)
{
    Slice all;
    all.at = PyUnicode_AsUTF8AndSize(expanded, &all.size);
    if (all.at == NULL) {
        return -1;
    }
    *name = (Name){.local = all, .uri = {all.at, 0}};
    if (all.size && all.at[0] == '{') {
        Py_ssize_t close = all.size - 1;
        while (close > 0 && all.at[close] != '}') {
            close--;
        }
        if (close > 0) {
            name->uri = (Slice){all.at + 1, close - 1};
            name->local = (Slice){all.at + close + 1, all.size - close - 1};
        }
    }
    name->hash = hash_of(name->local);
    return 0;
}

/* One block holds both parts; `local` begins it. */
int
name_copy(const Name *from, Name *to)
{
    char *bytes = PyMem_Malloc((size_t)(from->local.size + from->uri.size + 1));
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(bytes, from->local.at, (size_t)from->local.size);
    memcpy(bytes + from->local.size, from->uri.at, (size_t)from->uri.size);
    to->local = (Slice){bytes, from->local.size};
    to->uri = (Slice){bytes + from->local.size, from->uri.size};
    to->hash = from->hash;
    return 0;
}

void
name_free(Name *name)
{
    PyMem_Free((void *)name->local.at);
    name->local.at = NULL;
}

PyObject *
expanded_name(const Name *name)
{
    if (!name->uri.size) {
        return string_from(name->local);
    }
    PyObject *uri = string_from(name->uri);
    PyObject *local = string_from(name->local);
    PyObject *result = uri != NULL && local != NULL ? PyUnicode_FromFormat("{%U}%U", uri, local) : NULL;
    Py_XDECREF(uri);
    Py_XDECREF(local);
    return result;
}

static int
names_grow(NameTable *table)
{
    NameTable larger = {.capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY, .used = table->used};
    larger.names = PyMem_Calloc((size_t)larger.capacity, sizeof(Name));
    larger.values = PyMem_Calloc((size_t)larger.capacity, sizeof(int));
    if (larger.names == NULL || larger.values == NULL) {
        PyMem_Free(larger.names);
        PyMem_Free(larger.values);
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < table->capacity; i++) {
        if (table->names[i].local.at != NULL) {
            int place = place_of(&larger, &table->names[i]);
            larger.names[place] = table->names[i];
            larger.values[place] = table->values[i];
        }
    }
    PyMem_Free(table->names);
    PyMem_Free(table->values);
    *table = larger;
    return 0;
}

/* A name that is there keeps its first value. */
int
names_add(NameTable *table, const Name *name, int value)
{
    if (table->used * 2 >= table->capacity && names_grow(table) < 0) {
        return -1;
    }
    int place = place_of(table, name);
    if (table->names[place].local.at != NULL) {
        return 0;
    }
    if (name_copy(name, &table->names[place]) < 0) {
        return -1;
    }
    table->values[place] = value;
    table->used++;
    return 0;
}

void
names_free(NameTable *table)
{
    for (int i = 0; i < table->capacity; i++) {
        if (table->names[i].local.at != NULL) {
            name_free(&table->names[i]);
        }
    }
    PyMem_Free(table->names);
    PyMem_Free(table->values);
    *table = (NameTable){0};
}

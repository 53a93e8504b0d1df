/* Text that grows, and what XML makes of characters. */
#ifndef RELAXGEN_OUTPUT_H
#define RELAXGEN_OUTPUT_H

#include "engine.h"

#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

/* A namespace declaration in scope; both are strings, the prefix of the default one is None. Owned references. */
typedef struct {
    PyObject *prefix;
    PyObject *uri;
    Slice bytes;                /* those of `uri` */
} Scope;

/* Whether children may be in an order that the schema does not allow: the run time's numbers. */
typedef enum {
    NO_DOUBT,
    DOUBTFUL_AS_READ,           /* that of a document, in which it was allowed */
    DOUBTFUL,
} Doubt;

/* One text, while it is written. */
typedef struct {
    Engine *engine;
    char *bytes;
    Py_ssize_t size;
    Py_ssize_t capacity;
    int step;                   /* spaces for each level */
    int depth;
    Doubt doubt;                /* the greatest of any element */
    Reason reason;
    Scope scopes[MOST_BINDINGS];
    int scope_count;
} Writer;

static inline bool
refuse(Writer *writer, Reason reason)
{
    writer->reason = reason;
    return false;
}

bool make_room(Writer *writer, Py_ssize_t size);

static inline bool
put(Writer *writer, Slice text)
{
    if (text.size > writer->capacity - writer->size && !make_room(writer, text.size)) {
        return false;
    }
    memcpy(writer->bytes + writer->size, text.at, (size_t)text.size);
    writer->size += text.size;
    return true;
}

bool put_margin(Writer *writer, int level);                     /* nothing where `level` is NO_MARGIN */
bool put_escaped(Writer *writer, PyObject *string, int place);  /* exactly a str, else the writer refuses */
bool put_value(Writer *writer, Values *values, PyObject *value, int place);

enum { NO_MARGIN = -1 };

#define LITERAL(text) ((Slice){text, sizeof(text) - 1})

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

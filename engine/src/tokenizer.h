/* From bytes to tags and texts. */
#ifndef RELAXGEN_TOKENIZER_H
#define RELAXGEN_TOKENIZER_H

#include "engine.h"

#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

/* A name as it stands in the document. `prefix` has no bytes where there is none. */
typedef struct {
    Slice prefix;
    Slice local;
    Slice whole;
    uint32_t hash;              /* of `local` */
} RawName;

typedef struct {
    RawName raw;
    Name name;
    Text value;
} Attribute;

/* A namespace declaration in scope. */
typedef struct {
    Slice prefix;
    Slice uri;
    bool is_new;                /* false: it says what holds around the element */
} Declaration;

/* One document, while it is read. `at` never passes `end`. The current start tag stays until the next one is read. */
typedef struct {
    Engine *engine;
    bool is_collected;          /* the collector of garbage has to know what is made */
    const char *at;
    const char *end;
    int depth;
    Reason reason;              /* why it was given up */
    char *arena;                /* decoded texts; as large as the document, since decoding never makes longer */
    Py_ssize_t arena_used;
    Declaration declarations[MOST_BINDINGS];
    int declaration_count;
    RawName tag_raw;            /* the current start tag */
    Name tag;
    bool is_empty;              /* it ends with "/>" */
    int first_declaration;      /* the first of its own */
    int attribute_count;
    Attribute attributes[MOST_ATTRIBUTES];
} Parser;

/* A document's bytes in UTF-8; FINE, or why there are none. They are good for as long as the source and `held` live. */
Reason document_bytes(PyObject *source, Slice *data, PyObject **held);
Parser *parser_new(Engine *engine, Slice data);                 /* NULL with MemoryError */
void parser_free(Parser *parser);

/* Each returns whether it went well; else `reason` says why not. */
bool read_prolog(Parser *parser);
bool read_epilog(Parser *parser);                               /* nothing but comments up to the end */
bool read_start_tag(Parser *parser);                            /* behind "<" */
bool read_end_tag(Parser *parser, Slice raw);                   /* behind "</" */
bool read_text(Parser *parser, Text *text);                     /* up to a tag: `at` is at its "<" */
bool at_end_tag(const Parser *parser);

static inline bool
give_up(Parser *parser, Reason reason)
{
    parser->reason = reason;
    return false;
}

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

/* What texts must look like: a form says what a datatype of the package allows, as far as that can be told here. */
#ifndef RELAXGEN_FORMS_H
#define RELAXGEN_FORMS_H

#include "engine.h"

#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

/* Whether a form allows a text. Where it is unsure the package has to say; FAILED is with an exception. */
typedef enum { FAILED = -1, DENIED, ALLOWED, UNSURE } Verdict;

/* The automaton of a regular expression. The package knows how it steps; each step is asked for once. */
typedef struct {
    PyObject *machine;
    struct MachineState *states;
    int count;
    int capacity;
} Machine;

int machine_start(Machine *machine, PyObject *object);          /* -1 with an exception */
Verdict machine_matches(Machine *machine, Slice text);
void machine_free(Machine *machine);

/* A decimal number as it is written, without the zeros that mean nothing. */
typedef struct {
    bool is_negative;
    Slice whole;
    Slice fraction;
} Number;

typedef struct Form Form;

typedef struct {
    int kind;
    Py_ssize_t count;           /* of characters, digits or items */
    Number limit;               /* its digits are those of `text` */
    PyObject *text;
    Machine machine;
    Form *item;
} Facet;

struct Form {
    int shape;
    int blanks;
    PyObject *detail;           /* a word, or how a point in time is written; a string */
    Py_ssize_t facet_count;
    Facet *facets;
};

Form *form_new(PyObject *description);                          /* NULL with an exception */
Verdict form_allows(Form *form, Slice text);
int form_visit(Form *form, visitproc visit, void *arg);
void form_free(Form *form);                                     /* lets go of its objects, too */

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

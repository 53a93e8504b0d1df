/* Whether documents are valid, as far as that is known without asking. */
#ifndef RELAXGEN_JUDGE_H
#define RELAXGEN_JUDGE_H

#include "forms.h"

#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

enum { UNKNOWN_STATE = -1, MOST_FORMS = 16 };

/* What needs neither a name nor a value: the end of a start tag, and text beside child elements. */
typedef enum { BY_CLOSE, BY_TEXT, EVENTS } Event;

/* What is known of all texts alike. */
typedef enum { NOT_ASKED, TEXT_MATTERS, ALL_ALIKE } Knowledge;

/* Forms that tell texts apart: those that the same forms allow lead on alike. */
typedef struct {
    int count;
    int forms[MOST_FORMS];
} Distinction;

/* Where texts lead by the forms that allow them, a bit each. Most often that is where the last one led. */
typedef struct {
    int misses;                 /* texts that were not remembered, until it is asked for the forms */
    bool has_asked;
    int distinction;            /* or -1 where forms are not all that counts */
    bool has_last;
    uint64_t last_bits;
    uint64_t last_result;
} ByForms;

/* What the rest of an element must match: an object of the automaton's. */
typedef struct {
    PyObject *object;           /* owned */
    uint64_t accepting;         /* which of the alternatives may end here, a bit each */
    bool is_dead;
    int behind[EVENTS];         /* where events lead, or UNKNOWN_STATE */
    bool knows_empty;
    uint64_t empty;             /* which of the alternatives match no text at all, a bit each */
    Knowledge knows_texts;
    uint64_t any_text;          /* which match any text that is not blank */
    ByForms by_forms;           /* which match other texts that are not blank */
    int texts;                  /* how many values and texts are remembered for it */
} State;

/* A start tag in a state, and the state where its content begins. Most often what follows is what followed last. */
typedef struct {
    PyObject *object;           /* owned */
    int state;
    int after;                  /* the state behind the end tag when `matched` has matched, or UNKNOWN_STATE */
    uint64_t matched;
} Opening;

/* A step from a state, or from an opening: found by its kind, a name and a value. A whole tag also means different things
 * by the namespace declarations around it: those have a number, 0 for none. */
typedef struct {
    uint32_t hash;
    int kind;
    int from;
    int scope;
    bool is_known;
    Name name;                  /* `local` begins the one block that all three are in */
    Slice value;
    uint64_t result;            /* the number of a state or an opening, or alternatives, a bit each */
} Step;

typedef struct {
    PyObject_HEAD
    PyObject *automaton;
    PyObject *number_of;        /* from objects to numbers of states: a dict */
    State *states;
    int state_count, state_capacity;
    Opening *openings;
    int opening_count, opening_capacity;
    ByForms *attributes;        /* where values of attributes lead, in states where they matter */
    int attribute_count, attribute_capacity;
    PyObject *number_of_form;   /* from forms, and tuples of them, as they are described, to their numbers: a dict */
    Form **forms;
    int form_count, form_capacity;
    Distinction *distinctions;
    int distinction_count, distinction_capacity;
    Step *steps;                /* open addressing, capacity a power of two */
    int capacity;
    int used;
    int scope_count;
    bool is_busy;
} Judge;

/* One document, while it is judged. */
typedef struct {
    Judge *judge;
    int state;
    int scope;
    int depth;
    bool is_leaf;               /* nothing but text since the innermost start tag */
    Reason reason;              /* why it was given up */
    int openings[DEEPEST];
} Run;

static inline bool
refuse_run(Run *run, Reason reason)
{
    run->reason = reason;
    return false;
}

/* Each returns whether it went well; else `reason` says why not. A document is a root, and an element is
 * judge_open, judge_attribute for each, judge_close, then texts and elements, and judge_end. */
bool judge_begin(Run *run, Judge *judge, PyObject *entry);
bool judge_open(Run *run, const Name *name);
bool judge_attribute(Run *run, const Name *name, Slice value);
bool judge_close(Run *run);
bool judge_text_beside(Run *run, bool is_blank);                /* before a child element */
bool judge_end(Run *run, Slice text, bool is_blank);
bool judge_accepts(const Run *run);                             /* behind the root */
bool judge_knows_tag(Run *run, Slice text, bool *is_empty);     /* and has taken all steps of it */
bool judge_learns_tag(Run *run, int from, Slice text, bool is_empty);
bool judge_enters_scope(Run *run, Slice text);                  /* of the declarations in a tag */

bool judge_is_full(const Judge *judge);                         /* and takes no new steps */
void judge_forget(Judge *judge);

extern PyType_Spec judge_spec;

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

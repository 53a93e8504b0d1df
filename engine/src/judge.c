/* Whether documents are valid. The package's automaton knows the grammar; it is Python code. Here are the steps that it
 * has taken so far: a document that goes the same ways asks it nothing. */
#include "judge.h"

enum {
    FIRST_PLACES = 256,
    MOST_STEPS = 200000,        /* of one judge; a document that needs more is left to the automaton */
    MOST_TEXTS = 1024,          /* values, texts and tags that one state remembers */
    MISSES_BEFORE_FORMS = 16,   /* most documents repeat themselves */
    LONGEST_TAG = 256           /* bytes; longer values and texts than LONGEST_REMEMBERED are asked for, too */
};

/* ------------------------------------------------------------------ steps */

typedef enum { START, OPEN, ATTRIBUTE, ANY_VALUE, ATTRIBUTE_FORMS, TEXT_INSIDE, TEXT_FORMS, AFTER, TAG, SCOPE } StepKind;

/* What a step is found by. */
typedef struct {
    uint32_t hash;
    StepKind kind;
    int from;
    int scope;
    const Name *name;           /* or NULL */
    Slice value;
} Key;

static Key
key_of(StepKind kind, int from, const Name *name, Slice value)
{
    uint32_t hash = hash_of(value) + (uint32_t)from * 2654435761u + (uint32_t)kind;
    return (Key){name == NULL ? hash : hash ^ name->hash * 40503u, kind, from, 0, name, value};
}

static bool
is_step(const Step *step, const Key *key)
{
    if (step->hash != key->hash || step->kind != (int)key->kind || step->from != key->from || step->scope != key->scope
        || !same_slice(step->value, key->value)) {
        return false;
    }
    const Name *name = key->name;
    return name == NULL || (same_slice(step->name.local, name->local) && same_slice(step->name.uri, name->uri));
}

/* Where a step is, or where it would be. There is room. */
static Step *
place_of_step(const Judge *judge, const Key *key)
{
    uint32_t place = key->hash & (uint32_t)(judge->capacity - 1);
    while (judge->steps[place].is_known && !is_step(&judge->steps[place], key)) {
        place = (place + 1) & (uint32_t)(judge->capacity - 1);
    }
    return &judge->steps[place];
}

static const Step *
find_step(const Run *run, const Key *key)
{
    const Step *found = run->judge->capacity ? place_of_step(run->judge, key) : NULL;
    return found != NULL && found->is_known ? found : NULL;
}

static int
grow_steps(Judge *judge)
{
    int capacity = judge->capacity ? judge->capacity * 2 : FIRST_PLACES;
    Step *steps = PyMem_Calloc((size_t)capacity, sizeof(Step));
    if (steps == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < judge->capacity; i++) {
        if (judge->steps[i].is_known) {
            uint32_t place = judge->steps[i].hash & (uint32_t)(capacity - 1);
            while (steps[place].is_known) {
                place = (place + 1) & (uint32_t)(capacity - 1);
            }
            steps[place] = judge->steps[i];
        }
    }
    PyMem_Free(judge->steps);
    judge->steps = steps;
    judge->capacity = capacity;
    return 0;
}

/* A step with copies of what it is found by, all in one block. */
static int
make_step(Step *step, const Key *key, uint64_t result)
{
    Name empty = {{"", 0}, {"", 0}, 0};
    const Name *name = key->name == NULL ? &empty : key->name;
    Slice value = key->value;
    char *bytes = PyMem_Malloc((size_t)(name->local.size + name->uri.size + value.size) + 1);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    char *uri = bytes + name->local.size;
    memcpy(bytes, name->local.at, (size_t)name->local.size);
    memcpy(uri, name->uri.at, (size_t)name->uri.size);
    memcpy(uri + name->uri.size, value.at, (size_t)value.size);
    *step = (Step){.hash = key->hash, .kind = (int)key->kind, .from = key->from, .scope = key->scope, .is_known = true,
                   .name = {{bytes, name->local.size}, {uri, name->uri.size}, name->hash},
                   .value = {uri + name->uri.size, value.size}, .result = result};
    return 0;
}

bool
judge_is_full(const Judge *judge)
{
    return judge->used == MOST_STEPS;
}

static bool
add_step(Run *run, const Key *key, uint64_t result)
{
    Judge *judge = run->judge;
    if (judge_is_full(judge)) {
        return refuse_run(run, TOO_LARGE);
    }
    Step made;
    if ((judge->used * 2 >= judge->capacity && grow_steps(judge) < 0) || make_step(&made, key, result) < 0) {
        return refuse_run(run, ERROR_IS_SET);
    }
    *place_of_step(judge, key) = made;
    judge->used++;
    return true;
}

/* ------------------------------------------------------------------ what the automaton says */

/* A set of alternatives, a bit each; false where there are too many. */
static bool
bits_of(Run *run, PyObject *number, uint64_t *bits)
{
    *bits = number != NULL ? PyLong_AsUnsignedLongLong(number) : 0;
    if (number == NULL || PyErr_Occurred()) {
        bool is_large = number != NULL && PyErr_ExceptionMatches(PyExc_OverflowError);
        if (is_large) {
            PyErr_Clear();
        }
        return refuse_run(run, is_large ? TOO_LARGE : ERROR_IS_SET);
    }
    return true;
}

static bool
read_state(Run *run, PyObject *object, State *state)
{
    PyObject *accepting = PyObject_GetAttrString(object, "accepting");
    PyObject *is_dead = accepting != NULL ? PyObject_GetAttrString(object, "is_dead") : NULL;
    bool is_done = is_dead != NULL ? bits_of(run, accepting, &state->accepting) : refuse_run(run, ERROR_IS_SET);
    state->is_dead = is_dead == Py_True;
    state->object = object;
    state->behind[BY_CLOSE] = state->behind[BY_TEXT] = UNKNOWN_STATE;
    state->texts = 0;
    state->knows_empty = false;
    state->knows_texts = NOT_ASKED;
    state->by_forms = (ByForms){0};
    Py_XDECREF(accepting);
    Py_XDECREF(is_dead);
    return is_done;
}

/* An array with room for one more, in which the old one has moved. */
static int
make_room_for(void **array, int count, int *capacity, size_t size)
{
    if (count < *capacity) {
        return 0;
    }
    int larger = *capacity ? *capacity * 2 : FIRST_PLACES;
    void *moved = PyMem_Realloc(*array, (size_t)larger * size);
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *array = moved;
    *capacity = larger;
    return 0;
}

/* The number of a state; takes the reference. */
static int
number_of(Run *run, PyObject *object)
{
    Judge *judge = run->judge;
    PyObject *known = object != NULL ? PyDict_GetItemWithError(judge->number_of, object) : NULL;
    if (known != NULL) {
        Py_DECREF(object);
        return (int)PyLong_AsLong(known);
    }
    State state;
    bool is_done = object != NULL && !PyErr_Occurred() ? read_state(run, object, &state) : refuse_run(run, ERROR_IS_SET);
    PyObject *number = is_done ? PyLong_FromLong(judge->state_count) : NULL;
    if (number == NULL || PyDict_SetItem(judge->number_of, object, number) < 0
        || make_room_for((void **)&judge->states, judge->state_count, &judge->state_capacity, sizeof(State)) < 0) {
        Py_XDECREF(number);
        Py_XDECREF(object);
        refuse_run(run, run->reason == FINE ? ERROR_IS_SET : run->reason);
        return UNKNOWN_STATE;
    }
    Py_DECREF(number);
    judge->states[judge->state_count] = state;
    return judge->state_count++;
}

/* ------------------------------------------------------------------ taking a step */

static int
ask_for_start(Run *run, PyObject *entry)
{
    return number_of(run, PyObject_CallMethod(run->judge->automaton, "start", "O", entry));
}

static int
ask_for_attribute(Run *run, int from, const Name *name, Slice value)
{
    PyObject *expanded = expanded_name(name);
    PyObject *text = expanded != NULL ? string_from(value) : NULL;
    PyObject *state = text != NULL ? PyObject_CallMethod(run->judge->automaton, "attribute", "OOO",
                                                         run->judge->states[from].object, expanded, text)
                                   : NULL;
    Py_XDECREF(expanded);
    Py_XDECREF(text);
    return number_of(run, state);
}

/* What is behind an attribute: twice the number of a state, whatever the value is, or twice a number of `attributes` and
 * one more, where the value matters; UNKNOWN_STATE with a reason. */
static int
ask_for_any_value(Run *run, int from, const Name *name)
{
    Judge *judge = run->judge;
    PyObject *expanded = expanded_name(name);
    PyObject *state = expanded != NULL ? PyObject_CallMethod(judge->automaton, "attribute_of_any_value", "OO",
                                                             judge->states[from].object, expanded)
                                       : NULL;
    Py_XDECREF(expanded);
    if (state != Py_None) {
        int number = number_of(run, state);
        return number < 0 ? UNKNOWN_STATE : number * 2;
    }
    Py_DECREF(state);
    if (make_room_for((void **)&judge->attributes, judge->attribute_count, &judge->attribute_capacity, sizeof(ByForms)) < 0) {
        refuse_run(run, ERROR_IS_SET);
        return UNKNOWN_STATE;
    }
    judge->attributes[judge->attribute_count] = (ByForms){0};
    return judge->attribute_count++ * 2 + 1;
}

static int
ask_for_opening(Run *run, int from, const Name *name)
{
    Judge *judge = run->judge;
    PyObject *expanded = expanded_name(name);
    PyObject *object = expanded != NULL ? PyObject_CallMethod(judge->automaton, "open", "OO", judge->states[from].object,
                                                              expanded)
                                        : NULL;
    Py_XDECREF(expanded);
    PyObject *inside = object != NULL ? PyObject_GetAttrString(object, "state") : NULL;
    int state = number_of(run, inside);
    if (state < 0
        || make_room_for((void **)&judge->openings, judge->opening_count, &judge->opening_capacity, sizeof(Opening)) < 0) {
        Py_XDECREF(object);
        refuse_run(run, run->reason == FINE ? ERROR_IS_SET : run->reason);
        return UNKNOWN_STATE;
    }
    judge->openings[judge->opening_count] = (Opening){object, state, UNKNOWN_STATE, 0};
    return judge->opening_count++;
}

static bool
ask_about_text(Run *run, int from, Slice text, uint64_t *matched)
{
    PyObject *string = string_from(text);
    PyObject *number = string != NULL ? PyObject_CallMethod(run->judge->automaton, "text", "OO",
                                                            run->judge->states[from].object, string)
                                      : NULL;
    Py_XDECREF(string);
    bool is_done = bits_of(run, number, matched);
    Py_XDECREF(number);
    return is_done;
}

static int
ask_for_after(Run *run, int opening, uint64_t matched)
{
    PyObject *object = run->judge->openings[opening].object;
    return number_of(run, PyObject_CallMethod(run->judge->automaton, "after", "OK", object, (unsigned long long)matched));
}

/* Whether another value, text or tag may be remembered for a state, and if so counts it. */
static bool
may_keep(Run *run, int from, Slice text, Py_ssize_t longest)
{
    State *state = &run->judge->states[from];
    if (text.size > longest || state->texts == MOST_TEXTS) {
        return false;
    }
    state->texts++;
    return true;
}

/* ------------------------------------------------------------------ forms */

/* Numbers what is described, for which there is room in `items` then; -1 with an exception. */
static int
give_number(Judge *judge, PyObject *description, void **items, int number, int *capacity, size_t size)
{
    PyObject *object = make_room_for(items, number, capacity, size) == 0 ? PyLong_FromLong(number) : NULL;
    int result = object != NULL ? PyDict_SetItem(judge->number_of_form, description, object) : -1;
    Py_XDECREF(object);
    return result;
}

/* The number of a form as it is described; -1 with an exception. */
static int
number_of_form(Judge *judge, PyObject *description)
{
    PyObject *known = PyDict_GetItemWithError(judge->number_of_form, description);
    if (known != NULL || PyErr_Occurred()) {
        return known != NULL ? (int)PyLong_AsLong(known) : -1;
    }
    Form *form = form_new(description);
    if (form == NULL) {
        return -1;
    }
    if (give_number(judge, description, (void **)&judge->forms, judge->form_count, &judge->form_capacity, sizeof(Form *)) < 0) {
        form_free(form);
        return -1;
    }
    judge->forms[judge->form_count] = form;
    return judge->form_count++;
}

static int
add_distinction(Judge *judge, PyObject *descriptions)
{
    Distinction made = {0};
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(descriptions); i++) {
        made.forms[made.count] = number_of_form(judge, PyTuple_GET_ITEM(descriptions, i));
        if (made.forms[made.count++] < 0) {
            return -1;
        }
    }
    if (give_number(judge, descriptions, (void **)&judge->distinctions, judge->distinction_count,
                    &judge->distinction_capacity, sizeof(Distinction)) < 0) {
        return -1;
    }
    judge->distinctions[judge->distinction_count] = made;
    return judge->distinction_count++;
}

/* What the automaton says of the texts in a place: forms, or None where more than forms counts, or too many. Takes the
 * reference; -1 with an exception. */
static int
take_distinction(Judge *judge, PyObject *descriptions, ByForms *by_forms)
{
    by_forms->has_asked = true;
    by_forms->distinction = -1;
    if (descriptions == NULL || !PyTuple_Check(descriptions) || PyTuple_GET_SIZE(descriptions) > MOST_FORMS) {
        Py_XDECREF(descriptions);
        return descriptions == NULL ? -1 : 0;
    }
    PyObject *known = PyDict_GetItemWithError(judge->number_of_form, descriptions);
    if (known != NULL) {
        by_forms->distinction = (int)PyLong_AsLong(known);
    }
    else if (!PyErr_Occurred()) {
        by_forms->distinction = add_distinction(judge, descriptions);
    }
    Py_DECREF(descriptions);
    return by_forms->distinction < 0 ? -1 : 0;
}

/* For an attribute, or for texts where `name` is NULL. */
static int
ask_for_forms(Run *run, ByForms *by_forms, int from, const Name *name)
{
    Judge *judge = run->judge;
    PyObject *state = judge->states[from].object;
    PyObject *expanded = name != NULL ? expanded_name(name) : Py_NewRef(Py_None);
    PyObject *answer = expanded != NULL ? PyObject_CallMethod(judge->automaton, "forms", "OO", state, expanded) : NULL;
    Py_XDECREF(expanded);
    return take_distinction(judge, answer, by_forms);
}

/* Whether a text is nothing to a pattern that allows nothing. A reference can put a carriage return into it. */
static bool
is_white(Slice text)
{
    Py_ssize_t size = 0;
    while (size < text.size && (is_kind(text.at[size], BLANK) || text.at[size] == '\r')) {
        size++;
    }
    return size == text.size;
}

/* The forms that allow a text, a bit each. Most documents repeat themselves, so forms are asked for only where many texts
 * were not remembered. */
static Verdict
bits_by_forms(Run *run, ByForms *by_forms, int from, const Name *name, Slice text, uint64_t *bits)
{
    if (!by_forms->has_asked) {
        if (by_forms->misses < MISSES_BEFORE_FORMS) {
            return UNSURE;
        }
        if (ask_for_forms(run, by_forms, from, name) < 0) {
            return FAILED;
        }
    }
    if (by_forms->distinction < 0 || is_white(text)) {
        return UNSURE;
    }
    const Distinction *distinction = &run->judge->distinctions[by_forms->distinction];
    *bits = 0;
    for (int i = 0; i < distinction->count; i++) {
        Verdict verdict = form_allows(run->judge->forms[distinction->forms[i]], text);
        if (verdict == FAILED || verdict == UNSURE) {
            return verdict;
        }
        *bits |= (uint64_t)(verdict == ALLOWED) << i;
    }
    return ALLOWED;
}

static void
remember_last(ByForms *by_forms, uint64_t bits, uint64_t result)
{
    by_forms->has_last = true;
    by_forms->last_bits = bits;
    by_forms->last_result = result;
}

/* ------------------------------------------------------------------ steps that are known or asked for */

static bool
step_start(Run *run, PyObject *entry)
{
    Slice name;
    name.at = PyUnicode_AsUTF8AndSize(entry, &name.size);
    if (name.at == NULL) {
        return refuse_run(run, ERROR_IS_SET);
    }
    Key key = key_of(START, 0, NULL, name);
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        run->state = (int)known->result;
        return true;
    }
    run->state = ask_for_start(run, entry);
    return run->state >= 0 && add_step(run, &key, (uint64_t)run->state);
}

static bool
step_open(Run *run, const Name *name)
{
    Key key = key_of(OPEN, run->state, name, (Slice){"", 0});
    const Step *known = find_step(run, &key);
    int opening = known != NULL ? (int)known->result : ask_for_opening(run, run->state, name);
    if (opening < 0 || (known == NULL && !add_step(run, &key, (uint64_t)opening))) {
        return false;
    }
    run->openings[run->depth] = opening;
    run->state = run->judge->openings[opening].state;
    return true;
}

/* See `ask_for_any_value`. */
static int
behind_any_value(Run *run, int from, const Name *name)
{
    Key key = key_of(ANY_VALUE, from, name, (Slice){"", 0});
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        return (int)known->result;
    }
    int next = ask_for_any_value(run, from, name);
    return next != UNKNOWN_STATE && add_step(run, &key, (uint64_t)next) ? next : UNKNOWN_STATE;
}

static bool
step_attribute_by_text(Run *run, const Name *name, Slice value, ByForms *by_forms)
{
    int from = run->state;
    Key key = key_of(ATTRIBUTE, from, name, value);
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        run->state = (int)known->result;
        return true;
    }
    by_forms->misses++;
    run->state = ask_for_attribute(run, from, name, value);
    if (run->state < 0 || !may_keep(run, from, value, LONGEST_REMEMBERED)) {
        return run->state >= 0;
    }
    return add_step(run, &key, (uint64_t)run->state);
}

/* The state behind a value, which is one for all values that the same forms allow. */
static bool
step_attribute_by_bits(Run *run, const Name *name, Slice value, uint64_t bits)
{
    int from = run->state;
    Key key = key_of(ATTRIBUTE_FORMS, from, name, (Slice){(const char *)&bits, sizeof bits});
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        run->state = (int)known->result;
        return true;
    }
    run->state = ask_for_attribute(run, from, name, value);
    return run->state >= 0 && add_step(run, &key, (uint64_t)run->state);
}

static bool
step_attribute(Run *run, const Name *name, Slice value)
{
    int from = run->state;
    int next = behind_any_value(run, from, name);
    if (next < 0 || next % 2 == 0) {
        run->state = next / 2;
        return next >= 0;
    }
    ByForms *by_forms = &run->judge->attributes[next / 2];
    uint64_t bits;
    Verdict verdict = bits_by_forms(run, by_forms, from, name, value, &bits);
    if (verdict != ALLOWED) {
        return verdict == FAILED ? refuse_run(run, ERROR_IS_SET) : step_attribute_by_text(run, name, value, by_forms);
    }
    if (by_forms->has_last && by_forms->last_bits == bits) {
        run->state = (int)by_forms->last_result;
        return true;
    }
    if (!step_attribute_by_bits(run, name, value, bits)) {
        return false;
    }
    remember_last(by_forms, bits, (uint64_t)run->state);
    return true;
}

static const char *const EVENT_NAMES[EVENTS] = {"close", "mix"};

static bool
step_alone(Run *run, Event event)
{
    int from = run->state;
    run->state = run->judge->states[from].behind[event];
    if (run->state == UNKNOWN_STATE) {
        PyObject *object = run->judge->states[from].object;
        run->state = number_of(run, PyObject_CallMethod(run->judge->automaton, EVENT_NAMES[event], "O", object));
        run->judge->states[from].behind[event] = run->state;
    }
    return run->state >= 0;
}

static bool
match_nothing(Run *run, uint64_t *matched)
{
    State *state = &run->judge->states[run->state];
    if (!state->knows_empty) {
        if (!ask_about_text(run, run->state, (Slice){"", 0}, matched)) {
            return false;
        }
        state = &run->judge->states[run->state];
        state->empty = *matched;
        state->knows_empty = true;
    }
    *matched = state->empty;
    return true;
}

static bool
knows_all_texts(Run *run)
{
    PyObject *object = run->judge->states[run->state].object;
    PyObject *number = PyObject_CallMethod(run->judge->automaton, "any_text", "O", object);
    uint64_t matched = 0;
    bool is_done = number == Py_None || bits_of(run, number, &matched);
    State *state = &run->judge->states[run->state];
    state->any_text = matched;
    state->knows_texts = number == Py_None ? TEXT_MATTERS : ALL_ALIKE;
    Py_XDECREF(number);
    return is_done;
}

static bool
match_by_text(Run *run, Slice text, uint64_t *matched)
{
    Key key = key_of(TEXT_INSIDE, run->state, NULL, text);
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        *matched = known->result;
        return true;
    }
    run->judge->states[run->state].by_forms.misses++;
    if (!ask_about_text(run, run->state, text, matched) || !may_keep(run, run->state, text, LONGEST_REMEMBERED)) {
        return run->reason == FINE;
    }
    return add_step(run, &key, *matched);
}

static bool
match_by_bits(Run *run, Slice text, uint64_t bits, uint64_t *matched)
{
    Key key = key_of(TEXT_FORMS, run->state, NULL, (Slice){(const char *)&bits, sizeof bits});
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        *matched = known->result;
        return true;
    }
    return ask_about_text(run, run->state, text, matched) && add_step(run, &key, *matched);
}

/* A text where the automaton says that texts are not all alike. */
static bool
match_other(Run *run, Slice text, uint64_t *matched)
{
    ByForms *by_forms = &run->judge->states[run->state].by_forms;
    uint64_t bits;
    Verdict verdict = bits_by_forms(run, by_forms, run->state, NULL, text, &bits);
    if (verdict != ALLOWED) {
        return verdict == FAILED ? refuse_run(run, ERROR_IS_SET) : match_by_text(run, text, matched);
    }
    if (by_forms->has_last && by_forms->last_bits == bits) {
        *matched = by_forms->last_result;
        return true;
    }
    if (!match_by_bits(run, text, bits, matched)) {
        return false;
    }
    remember_last(&run->judge->states[run->state].by_forms, bits, *matched);
    return true;
}

static bool
match_text(Run *run, Slice text, bool is_blank, uint64_t *matched)
{
    if (!text.size) {
        return match_nothing(run, matched);
    }
    if (is_blank) {
        return match_by_text(run, text, matched);
    }
    if (run->judge->states[run->state].knows_texts == NOT_ASKED && !knows_all_texts(run)) {
        return false;
    }
    if (run->judge->states[run->state].knows_texts == ALL_ALIKE) {
        *matched = run->judge->states[run->state].any_text;
        return true;
    }
    return match_other(run, text, matched);
}

static bool
find_after(Run *run, int opening, uint64_t matched)
{
    Key key = key_of(AFTER, opening, NULL, (Slice){(const char *)&matched, sizeof matched});
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        run->state = (int)known->result;
        return true;
    }
    run->state = ask_for_after(run, opening, matched);
    return run->state >= 0 && add_step(run, &key, (uint64_t)run->state);
}

static bool
step_after(Run *run, int number, uint64_t matched)
{
    Opening *opening = &run->judge->openings[number];
    if (opening->after != UNKNOWN_STATE && opening->matched == matched) {
        run->state = opening->after;
        return true;
    }
    if (!find_after(run, number, matched)) {
        return false;
    }
    opening = &run->judge->openings[number];
    opening->matched = matched;
    opening->after = run->state;
    return true;
}

/* ------------------------------------------------------------------ a document's parts */

bool
judge_text_beside(Run *run, bool is_blank)
{
    return is_blank || step_alone(run, BY_TEXT);
}

bool
judge_open(Run *run, const Name *name)
{
    if (run->depth == DEEPEST) {
        return refuse_run(run, TOO_DEEP);
    }
    if (!step_open(run, name)) {
        return false;
    }
    run->depth++;
    return true;
}

bool
judge_attribute(Run *run, const Name *name, Slice value)
{
    return step_attribute(run, name, value);
}

bool
judge_close(Run *run)
{
    if (!step_alone(run, BY_CLOSE)) {
        return false;
    }
    run->is_leaf = true;
    return !run->judge->states[run->state].is_dead || refuse_run(run, NOT_VALID);
}

/* `text` is all that is inside of an element without children; otherwise it is what is behind the last child. */
bool
judge_end(Run *run, Slice text, bool is_blank)
{
    uint64_t matched = 0;
    if (run->is_leaf) {
        if (!match_text(run, text, is_blank, &matched)) {
            return false;
        }
    }
    else {
        if (!judge_text_beside(run, is_blank)) {
            return false;
        }
        matched = run->judge->states[run->state].accepting;
    }
    run->is_leaf = false;
    if (!step_after(run, run->openings[--run->depth], matched)) {
        return false;
    }
    return !run->judge->states[run->state].is_dead || refuse_run(run, NOT_VALID);
}

bool
judge_begin(Run *run, Judge *judge, PyObject *entry)
{
    run->judge = judge;
    run->depth = run->scope = 0;
    run->is_leaf = false;
    run->reason = FINE;
    return step_start(run, entry);
}

bool
judge_accepts(const Run *run)
{
    return run->judge->states[run->state].accepting != 0;
}

/* ------------------------------------------------------------------ whole tags */

/* Most tags of a document are those of others, byte by byte, and then all their steps are one. */
static Key
key_of_tag(const Run *run, int from, Slice text)
{
    Key key = key_of(TAG, from, NULL, text);
    key.scope = run->scope;
    key.hash += (uint32_t)run->scope;
    return key;
}

bool
judge_knows_tag(Run *run, Slice text, bool *is_empty)
{
    Key key = key_of_tag(run, run->state, text);
    const Step *known = run->depth < DEEPEST ? find_step(run, &key) : NULL;
    if (known == NULL) {
        return false;
    }
    int opening = (int)(known->result >> 32);
    *is_empty = opening == 0;
    run->state = (int)(known->result & 0xFFFFFFFFu);
    run->is_leaf = !*is_empty;
    if (!*is_empty) {
        run->openings[run->depth++] = opening - 1;
    }
    return true;
}

/* Behind the tag; `from` is the state before it. The declarations around it are those of `scope`. */
bool
judge_learns_tag(Run *run, int from, Slice text, bool is_empty)
{
    Key key = key_of_tag(run, from, text);
    uint64_t opening = is_empty ? 0 : (uint64_t)run->openings[run->depth - 1] + 1;
    return !may_keep(run, from, text, LONGEST_TAG) || add_step(run, &key, opening << 32 | (uint64_t)run->state);
}

bool
judge_enters_scope(Run *run, Slice text)
{
    Key key = key_of(SCOPE, run->scope, NULL, text);
    const Step *known = find_step(run, &key);
    if (known != NULL) {
        run->scope = (int)known->result;
        return true;
    }
    run->scope = ++run->judge->scope_count;
    return add_step(run, &key, (uint64_t)run->scope);
}

/* ------------------------------------------------------------------ forgetting */

/* Lets go of everything. It is taken out first, since letting go may run Python code. */
void
judge_forget(Judge *judge)
{
    Judge old = *judge;
    judge->states = NULL;
    judge->openings = NULL;
    judge->attributes = NULL;
    judge->forms = NULL;
    judge->distinctions = NULL;
    judge->steps = NULL;
    judge->state_count = judge->state_capacity = judge->opening_count = judge->opening_capacity = 0;
    judge->attribute_count = judge->attribute_capacity = judge->form_count = judge->form_capacity = 0;
    judge->distinction_count = judge->distinction_capacity = 0;
    judge->capacity = judge->used = judge->scope_count = 0;
    if (judge->number_of != NULL) {
        PyDict_Clear(judge->number_of);
        PyDict_Clear(judge->number_of_form);
    }
    for (int i = 0; i < old.state_count; i++) {
        Py_DECREF(old.states[i].object);
    }
    for (int i = 0; i < old.opening_count; i++) {
        Py_DECREF(old.openings[i].object);
    }
    for (int i = 0; i < old.capacity; i++) {
        PyMem_Free((void *)old.steps[i].name.local.at);
    }
    for (int i = 0; i < old.form_count; i++) {
        form_free(old.forms[i]);
    }
    PyMem_Free(old.states);
    PyMem_Free(old.openings);
    PyMem_Free(old.attributes);
    PyMem_Free(old.forms);
    PyMem_Free(old.distinctions);
    PyMem_Free(old.steps);
}

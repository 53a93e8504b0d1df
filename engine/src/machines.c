/* Automata of regular expressions. The package has them; here are the steps that texts have needed so far. */
#include "forms.h"

enum {
    MOST_MACHINE_STATES = 1000, /* a text that needs more is left to the package */
    FIRST_STATES = 8,
    BEYOND_ASCII = 128,         /* the place of all characters that are not ASCII, where they lead to one state */
    STEPS_OF_STATE
};

/* What is known of a step: nothing, that no text goes on so, that the package must be asked, or the next state's number. */
enum { NOT_KNOWN, NOWHERE, LEFT_TO_PACKAGE, FIRST_NUMBER };

struct MachineState {
    bool accepts;
    uint16_t *steps;
};

static int
add_state(Machine *machine, bool accepts)
{
    if (machine->count == machine->capacity) {
        int capacity = machine->capacity ? machine->capacity * 2 : FIRST_STATES;
        struct MachineState *states = PyMem_Realloc(machine->states, (size_t)capacity * sizeof(struct MachineState));
        if (states == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        machine->states = states;
        machine->capacity = capacity;
    }
    uint16_t *steps = PyMem_Calloc(STEPS_OF_STATE, sizeof(uint16_t));
    if (steps == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    machine->states[machine->count++] = (struct MachineState){accepts, steps};
    return 0;
}

/* What the package says of a step: twice the number of the next state, and one more where a text may end there; or -1 for
 * nowhere, -2 for what it has to be asked each time. States are numbered as they are first told; a number that skips one
 * means that another thread is about to tell that. Takes the reference; NOT_KNOWN with an exception. */
static int
take_step(Machine *machine, PyObject *answer)
{
    long code = answer != NULL ? PyLong_AsLong(answer) : -1;
    Py_XDECREF(answer);
    if (code < 0) {
        return PyErr_Occurred() ? NOT_KNOWN : code == -1 ? NOWHERE : LEFT_TO_PACKAGE;
    }
    if (code / 2 > machine->count) {
        return LEFT_TO_PACKAGE;
    }
    if (code / 2 == machine->count && add_state(machine, code % 2 != 0) < 0) {
        return NOT_KNOWN;
    }
    return (int)(code / 2) + FIRST_NUMBER;
}

int
machine_start(Machine *machine, PyObject *object)
{
    machine->machine = Py_NewRef(object);
    return take_step(machine, PyObject_GetAttrString(object, "start")) == NOT_KNOWN ? -1 : 0;
}

static int
ask_for_step(Machine *machine, int state, int place)
{
    if (machine->count == MOST_MACHINE_STATES) {
        return LEFT_TO_PACKAGE;
    }
    const char character = (char)place;
    PyObject *answer = PyObject_CallMethod(machine->machine, "follow", "is#", state, &character,
                                           (Py_ssize_t)(place != BEYOND_ASCII));
    int step = take_step(machine, answer);
    machine->states[state].steps[place] = (uint16_t)step;
    return step;
}

static bool
is_inside_character(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

Verdict
machine_matches(Machine *machine, Slice text)
{
    int state = 0;
    for (Py_ssize_t i = 0; i < text.size; i++) {
        int place = (unsigned char)text.at[i];
        if (place >= BEYOND_ASCII) {
            if (is_inside_character(text.at[i])) {
                continue;
            }
            place = BEYOND_ASCII;
        }
        int step = machine->states[state].steps[place];
        if (step < FIRST_NUMBER) {
            step = step == NOT_KNOWN ? ask_for_step(machine, state, place) : step;
            if (step < FIRST_NUMBER) {
                return step == NOT_KNOWN ? FAILED : step == NOWHERE ? DENIED : UNSURE;
            }
        }
        state = step - FIRST_NUMBER;
    }
    return machine->states[state].accepts ? ALLOWED : DENIED;
}

void
machine_free(Machine *machine)
{
    for (int i = 0; i < machine->count; i++) {
        PyMem_Free(machine->states[i].steps);
    }
    PyMem_Free(machine->states);
    Py_CLEAR(machine->machine);
}

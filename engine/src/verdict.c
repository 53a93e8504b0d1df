/* Whether a whole document is valid, and the class `Judge`. */
#include "judge.h"
#include "tokenizer.h"

enum { FEW_ATTRIBUTES = 8 };    /* more are taken in the order of their names, or each order had states of its own */

/* ------------------------------------------------------------------ a document */

static int
compare_names(const Name *one, const Name *other)
{
    Py_ssize_t size = one->local.size < other->local.size ? one->local.size : other->local.size;
    int order = memcmp(one->local.at, other->local.at, (size_t)size);
    return order ? order : one->local.size < other->local.size ? -1 : one->local.size > other->local.size;
}

static void
sort_attributes(Parser *parser)
{
    for (int i = 1; i < parser->attribute_count; i++) {
        Attribute moved = parser->attributes[i];
        int place = i;
        for (; place && compare_names(&parser->attributes[place - 1].name, &moved.name) > 0; place--) {
            parser->attributes[place] = parser->attributes[place - 1];
        }
        parser->attributes[place] = moved;
    }
}

/* For the current tag. */
static bool
judge_tag(Parser *parser, Run *run)
{
    if (!judge_open(run, &parser->tag)) {
        return false;
    }
    if (parser->attribute_count > FEW_ATTRIBUTES) {
        sort_attributes(parser);
    }
    for (int i = 0; i < parser->attribute_count; i++) {
        if (!judge_attribute(run, &parser->attributes[i].name, parser->attributes[i].value.bytes)) {
            return false;
        }
    }
    return judge_close(run);
}

/* What an open element needs to be ended. */
typedef struct {
    Slice raw;
    int declarations;
    int scope;
} OpenTag;

/* The text of the tag at hand up to its first ">", which is the whole tag where no value has one; nothing without any. */
static Slice
tag_ahead(const Parser *parser)
{
    const char *end = memchr(parser->at, '>', (size_t)(parser->end - parser->at));
    return end == NULL ? (Slice){parser->at, 0} : (Slice){parser->at, end + 1 - parser->at};
}

static Slice
name_in(Slice tag)
{
    Py_ssize_t size = 0;
    while (is_kind(tag.at[size], NAME_PART) || tag.at[size] == ':') {
        size++;
    }
    return (Slice){tag.at, size};
}

/* A tag that the judge has not met before. */
static bool
judge_new_tag(Parser *parser, Run *run, Slice text)
{
    int from = run->state;
    int declarations = parser->declaration_count;
    if (!read_start_tag(parser) || !judge_tag(parser, run) || (parser->is_empty && !judge_end(run, (Slice){"", 0}, true))) {
        return false;
    }
    if (parser->declaration_count > declarations) {
        return parser->is_empty || judge_enters_scope(run, (Slice){text.at, parser->at - text.at});
    }
    return text.at + text.size != parser->at || judge_learns_tag(run, from, text, parser->is_empty);
}

/* Behind "<". */
static bool
judge_start_tag(Parser *parser, Run *run, OpenTag *tags)
{
    OpenTag tag = {.declarations = parser->declaration_count, .scope = run->scope};
    Slice text = tag_ahead(parser);
    bool is_empty;
    if (judge_knows_tag(run, text, &is_empty)) {
        parser->at += text.size;
    }
    else if (judge_new_tag(parser, run, text)) {
        is_empty = parser->is_empty;
    }
    else {
        return false;
    }
    if (is_empty) {
        parser->declaration_count = tag.declarations;
    }
    else {
        tag.raw = name_in(text);
        tags[run->depth - 1] = tag;
    }
    return true;
}

/* Behind "</". */
static bool
judge_end_tag(Parser *parser, Run *run, const OpenTag *tag, Text text)
{
    if (!read_end_tag(parser, tag->raw) || !judge_end(run, text.bytes, text.is_blank)) {
        return false;
    }
    parser->declaration_count = tag->declarations;
    run->scope = tag->scope;
    return true;
}

static bool
judge_root(Parser *parser, Run *run)
{
    OpenTag tags[DEEPEST];
    if (!judge_start_tag(parser, run, tags)) {
        return false;
    }
    while (run->depth) {
        Text text;
        if (!read_text(parser, &text)) {
            return false;
        }
        if (at_end_tag(parser)) {
            parser->at += 2;
            if (!judge_end_tag(parser, run, &tags[run->depth - 1], text)) {
                return false;
            }
        }
        else {
            parser->at++;
            if (!judge_text_beside(run, text.is_blank) || !judge_start_tag(parser, run, tags)) {
                return false;
            }
        }
    }
    return true;
}

/* Whether a document is valid; FINE, or why that is not known. */
Reason
judge_document(Judge *judge, Slice data, PyObject *entry, bool *is_valid)
{
    Run run;
    Parser *parser = is_plain_utf8(data.at, data.size) ? parser_new(NULL, data) : NULL;
    if (parser == NULL) {
        return PyErr_Occurred() ? ERROR_IS_SET : BAD_ENCODING;
    }
    *is_valid = judge_begin(&run, judge, entry) && read_prolog(parser) && judge_root(parser, &run)
                && read_epilog(parser) && judge_accepts(&run);
    Reason reason = run.reason != FINE ? run.reason : parser->reason;
    parser_free(parser);
    return reason == NOT_VALID ? FINE : reason;
}

/* ------------------------------------------------------------------ the class */

static int
judge_traverse(Judge *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->automaton);
    Py_VISIT(self->number_of);
    Py_VISIT(self->number_of_form);
    for (int i = 0; i < self->form_count; i++) {
        int result = form_visit(self->forms[i], visit, arg);
        if (result) {
            return result;
        }
    }
    for (int i = 0; i < self->state_count; i++) {
        Py_VISIT(self->states[i].object);
    }
    for (int i = 0; i < self->opening_count; i++) {
        Py_VISIT(self->openings[i].object);
    }
    return 0;
}

/* Without `automaton` a judge knows nothing any more. */
static int
judge_clear(Judge *self)
{
    judge_forget(self);
    Py_CLEAR(self->automaton);
    Py_CLEAR(self->number_of);
    Py_CLEAR(self->number_of_form);
    return 0;
}

static void
judge_dealloc(Judge *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    judge_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
judge_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"automaton", NULL};
    PyObject *automaton;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O:Judge", names, &automaton)) {
        return NULL;
    }
    Judge *self = (Judge *)type->tp_alloc(type, 0);
    PyObject *number_of = PyDict_New();
    PyObject *number_of_form = PyDict_New();
    if (self == NULL || number_of == NULL || number_of_form == NULL) {
        Py_XDECREF(self);
        Py_XDECREF(number_of);
        Py_XDECREF(number_of_form);
        return NULL;
    }
    self->automaton = Py_NewRef(automaton);
    self->number_of = number_of;
    self->number_of_form = number_of_form;
    return (PyObject *)self;
}

/* Nobody else uses the judge meanwhile: where asking the automaton lets another thread run, that one gets no verdict. */
static PyObject *
judge_verdict(Judge *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyUnicode_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "accepts() takes a document and the name of an entry");
        return NULL;
    }
    if (self->automaton == NULL || self->is_busy) {
        Py_RETURN_NONE;
    }
    PyObject *held;
    Slice data;
    Reason reason = document_bytes(args[0], &data, &held);
    bool is_valid = false;
    if (reason == FINE) {
        if (judge_is_full(self)) {
            judge_forget(self);
        }
        self->is_busy = true;
        reason = judge_document(self, data, args[1], &is_valid);
        self->is_busy = false;
    }
    Py_XDECREF(held);
    if (reason == ERROR_IS_SET) {
        return NULL;
    }
    return reason == FINE ? PyBool_FromLong(is_valid) : Py_NewRef(Py_None);
}

static PyObject *
judge_let_go(Judge *self, PyObject *Py_UNUSED(ignored))
{
    if (self->is_busy) {
        PyErr_SetString(PyExc_RuntimeError, "a judge cannot forget while it judges");
        return NULL;
    }
    judge_forget(self);
    Py_RETURN_NONE;
}

static Py_ssize_t
judge_length(Judge *self)
{
    return self->used;
}

static PyMethodDef judge_methods[] = {
    {"accepts", (PyCFunction)(void (*)(void))judge_verdict, METH_FASTCALL,
     PyDoc_STR("accepts(source, entry)\n--\n\nWhether a document is valid, or None where the automaton has to say.")},
    {"forget", (PyCFunction)judge_let_go, METH_NOARGS,
     PyDoc_STR("forget()\n--\n\nDrops all states and steps.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot judge_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Judges regular documents by the steps of an automaton, each of which it asks for once.")},
    {Py_tp_new, (void *)judge_new},
    {Py_tp_dealloc, (void *)judge_dealloc},
    {Py_tp_traverse, (void *)judge_traverse},
    {Py_tp_clear, (void *)judge_clear},
    {Py_tp_methods, judge_methods},
    {Py_mp_length, (void *)judge_length},
    {0, NULL},
};

PyType_Spec judge_spec = {
    .name = "relaxgen_engine.Judge",
    .basicsize = sizeof(Judge),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = judge_slots,
};

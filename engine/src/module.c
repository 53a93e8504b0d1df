/* The module: the class `Engine`, and what Python code says to it. */
#include "judge.h"
#include "tokenizer.h"

/* ------------------------------------------------------------------ the life of an engine */

static int
engine_traverse(Engine *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->describe);
    Py_VISIT(self->resolve);
    Py_VISIT(self->resolve_content);
    Py_VISIT(self->allows);
    Py_VISIT(self->recipe);
    Py_VISIT(self->other_spelling);
    Py_VISIT(self->spelling);
    Py_VISIT(self->preserved_type);
    Py_VISIT(self->any_type);
    Py_VISIT(self->missing);
    Py_VISIT(self->prefixes);
    Py_VISIT(self->extended);
    Py_VISIT(self->table_of);
    return visit_tables(self, visit, arg);
}

/* Without `describe` an engine takes nothing any more. */
static int
engine_clear(Engine *self)
{
    Py_CLEAR(self->describe);
    Py_CLEAR(self->resolve);
    Py_CLEAR(self->resolve_content);
    Py_CLEAR(self->allows);
    Py_CLEAR(self->recipe);
    Py_CLEAR(self->other_spelling);
    Py_CLEAR(self->spelling);
    Py_CLEAR(self->preserved_type);
    Py_CLEAR(self->any_type);
    Py_CLEAR(self->missing);
    Py_CLEAR(self->prefixes);
    Py_CLEAR(self->extended);
    Py_CLEAR(self->table_of);
    clear_tables(self);
    return 0;
}

static void
engine_dealloc(Engine *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    engine_clear(self);
    free_tables(self);
    Py_CLEAR(self->order_name);
    Py_CLEAR(self->blank_name);
    Py_CLEAR(self->namespaces_name);
    Py_CLEAR(self->spelled_out_name);
    Py_CLEAR(self->spellings_name);
    Py_CLEAR(self->xml_prefix);
    Py_CLEAR(self->xml_uri);
    type->tp_free(self);
    Py_DECREF(type);
}

static int
find_slots(Engine *self)
{
    if (!is_made_of_slots(self->any_type)) {
        PyErr_Format(PyExc_TypeError, "objects of %s have more than slots", self->any_type->tp_name);
        return -1;
    }
    self->any_name = slot_offset(self->any_type, "name");
    self->any_attributes = self->any_name < 0 ? -1 : slot_offset(self->any_type, "attributes");
    self->any_content = self->any_attributes < 0 ? -1 : slot_offset(self->any_type, "content");
    self->any_prefixes = self->any_content < 0 ? -1 : slot_offset(self->any_type, "prefixes");
    self->any_written = self->any_prefixes < 0 ? -1 : slot_offset(self->any_type, "_written");
    return self->any_written < 0 ? -1 : 0;
}

static int
make_names(Engine *self)
{
    self->order_name = PyUnicode_InternFromString("order");
    self->blank_name = PyUnicode_InternFromString("blank");
    self->namespaces_name = PyUnicode_InternFromString("namespaces");
    self->spelled_out_name = PyUnicode_InternFromString("spelled_out");
    self->spellings_name = PyUnicode_InternFromString("spellings");
    self->xml_prefix = PyUnicode_InternFromString("xml");
    self->xml_uri = PyUnicode_InternFromString("http://www.w3.org/XML/1998/namespace");
    self->table_of = PyDict_New();
    bool has_all = self->order_name != NULL && self->blank_name != NULL && self->namespaces_name != NULL
                   && self->spelled_out_name != NULL && self->spellings_name != NULL && self->xml_prefix != NULL && self->xml_uri != NULL
                   && self->table_of != NULL;
    return has_all ? 0 : -1;
}

static PyObject *
engine_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"describe", "resolve", "resolve_content", "allows", "recipe", "other_spelling", "spelling",
                            "preserved", "any_element", "missing", "prefixes", "extended", NULL};
    PyObject *describe, *resolve, *resolve_content, *allows, *recipe, *other_spelling, *spelling, *preserved, *any_element, *missing, *prefixes,
        *extended;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOOOOOOO!O!OO!O!:Engine", names, &describe, &resolve, &resolve_content,
                                     &allows, &recipe, &other_spelling, &spelling, &PyType_Type, &preserved, &PyType_Type, &any_element, &missing,
                                     &PyDict_Type, &prefixes, &PySet_Type, &extended)) {
        return NULL;
    }
    Engine *self = (Engine *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->describe = Py_NewRef(describe);
    self->resolve = Py_NewRef(resolve);
    self->resolve_content = Py_NewRef(resolve_content);
    self->allows = Py_NewRef(allows);
    self->recipe = Py_NewRef(recipe);
    self->other_spelling = Py_NewRef(other_spelling);
    self->spelling = Py_NewRef(spelling);
    self->preserved_type = (PyTypeObject *)Py_NewRef(preserved);
    self->any_type = (PyTypeObject *)Py_NewRef(any_element);
    self->missing = Py_NewRef(missing);
    self->prefixes = Py_NewRef(prefixes);
    self->extended = Py_NewRef(extended);
    if (find_slots(self) < 0 || make_names(self) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

/* ------------------------------------------------------------------ methods */

/* What a method returns where there is no result: None, unless something went wrong that is none of the document's. */
static PyObject *
given_up(Engine *self, Reason reason)
{
    if (reason == ERROR_IS_SET) {
        return NULL;
    }
    self->given_up[reason]++;
    Py_RETURN_NONE;
}

static PyObject *
engine_target(Engine *self, PyObject *classes)
{
    if (self->describe == NULL || target_for(self, classes) == NULL) {
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    }
    return PyLong_FromSsize_t(self->target_count - 1);
}

static PyObject *
engine_parse(Engine *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "parse() takes a document and the roots");
        return NULL;
    }
    if (self->describe == NULL) {
        return given_up(self, UNUSUAL_CLASS);
    }
    PyObject *held;
    Slice data;
    Reason reason = document_bytes(args[0], &data, &held);
    PyObject *root = reason == FINE ? parse_document(self, data, args[1], &reason) : NULL;
    Py_XDECREF(held);
    if (root == NULL) {
        return given_up(self, reason);
    }
    self->parsed++;
    return root;
}

/* The indentation: -1 for one line. False where it is none that the engine takes. */
static bool
read_indent(PyObject *indent, int *step)
{
    *step = -1;
    if (indent == Py_None) {
        return true;
    }
    int overflow = 0;
    long spaces = PyLong_Check(indent) ? PyLong_AsLongAndOverflow(indent, &overflow) : WIDEST_INDENT + 1;
    if (overflow || spaces > WIDEST_INDENT) {
        return false;
    }
    *step = spaces < 0 ? 0 : (int)spaces;
    return true;
}

static PyObject *
engine_format(Engine *self, PyObject *const *args, Py_ssize_t count)
{
    int step;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "format() takes an object and the indentation");
        return NULL;
    }
    if (self->describe == NULL || !read_indent(args[1], &step)) {
        return given_up(self, UNUSUAL_OBJECT);
    }
    Reason reason = FINE;
    int doubt = 0;
    PyObject *text = format_object(self, args[0], step, &doubt, &reason);
    if (text == NULL) {
        return given_up(self, reason);
    }
    self->formatted++;
    return Py_BuildValue("(Ni)", text, doubt);
}

static int
put_count(PyObject *counts, const char *name, unsigned long long number)
{
    PyObject *count = PyLong_FromUnsignedLongLong(number);
    int result = count != NULL ? PyDict_SetItemString(counts, name, count) : -1;
    Py_XDECREF(count);
    return result;
}

static PyObject *
engine_counts(Engine *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *counts = PyDict_New();
    if (counts == NULL || put_count(counts, "parsed", self->parsed) < 0
        || put_count(counts, "formatted", self->formatted) < 0) {
        Py_XDECREF(counts);
        return NULL;
    }
    for (int reason = BAD_SOURCE; reason < REASONS; reason++) {
        if (self->given_up[reason] && put_count(counts, REASON_NAMES[reason], self->given_up[reason]) < 0) {
            Py_DECREF(counts);
            return NULL;
        }
    }
    return counts;
}

/* ------------------------------------------------------------------ the module */

static PyMethodDef engine_methods[] = {
    {"target", (PyCFunction)engine_target, METH_O,
     PyDoc_STR("target(classes)\n--\n\nThe number that roots have for a class, or for the classes of a union.")},
    {"parse", (PyCFunction)(void (*)(void))engine_parse, METH_FASTCALL,
     PyDoc_STR("parse(source, roots)\n--\n\nThe object of a document, or None where the pure path has to read it.")},
    {"format", (PyCFunction)(void (*)(void))engine_format, METH_FASTCALL,
     PyDoc_STR("format(element, indent)\n--\n\nThe text of an object, and how doubtful the order of children is; or "
               "None where the pure path has to write it.")},
    {"counts", (PyCFunction)engine_counts, METH_NOARGS,
     PyDoc_STR("counts()\n--\n\nHow often documents were parsed and formatted, and given up for each reason.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot engine_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Reads and writes the regular documents of one package.")},
    {Py_tp_new, (void *)engine_new},
    {Py_tp_dealloc, (void *)engine_dealloc},
    {Py_tp_traverse, (void *)engine_traverse},
    {Py_tp_clear, (void *)engine_clear},
    {Py_tp_methods, engine_methods},
    {0, NULL},
};

static PyType_Spec engine_spec = {
    .name = "relaxgen_engine.Engine",
    .basicsize = sizeof(Engine),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = engine_slots,
};

static int
add_type(PyObject *module, const char *name, PyType_Spec *spec)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    int result = type != NULL ? PyModule_AddObjectRef(module, name, type) : -1;
    Py_XDECREF(type);
    return result;
}

static int
module_exec(PyObject *module)
{
    bool is_done = add_type(module, "Engine", &engine_spec) == 0 && add_type(module, "Judge", &judge_spec) == 0;
    return is_done ? PyModule_AddIntConstant(module, "TABLE_VERSION", TABLE_VERSION) : -1;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, (void *)module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module_definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "relaxgen_engine._engine",
    .m_doc = PyDoc_STR("See relaxgen_engine."),
    .m_size = 0,
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__engine(void)
{
    return PyModuleDef_Init(&module_definition);
}

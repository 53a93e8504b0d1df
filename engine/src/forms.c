/* Which texts the datatypes of a package allow. The rules are those of the run time's `datatypes`, for the texts that are
 * usual; where a text is not, the package is asked. */
#include "forms.h"

typedef enum {
    TEXT_SHAPE,
    WORD_SHAPE,                 /* one word, which stands in `detail` */
    TRUTH_SHAPE,
    INTEGER_SHAPE,
    DECIMAL_SHAPE,
    FLOAT_SHAPE,
    NAME_SHAPE,                 /* with colons */
    PLAIN_NAME_SHAPE,           /* without */
    NAME_TOKEN_SHAPE,
    LANGUAGE_SHAPE,
    URI_SHAPE,
    TIME_SHAPE,                 /* `detail` says of what it consists */
    LIST_SHAPE,                 /* of items, which have a form of their own; lengths count them */
    SHAPES
} Shape;

typedef enum { KEPT, REPLACED, COLLAPSED, WAYS_WITH_BLANKS } Blanks;

typedef enum {
    LENGTH,
    MIN_LENGTH,
    MAX_LENGTH,
    MIN_INCLUSIVE,
    MIN_EXCLUSIVE,
    MAX_INCLUSIVE,
    MAX_EXCLUSIVE,
    TOTAL_DIGITS,
    FRACTION_DIGITS,
    PATTERN,
    ITEM,
    FACETS
} FacetKind;

static const char *const SHAPE_NAMES[SHAPES] = {"text", "word",  "truth",      "integer",  "decimal", "float",
                                                "name", "plain", "name token", "language", "uri",     "time",
                                                "list"};

static const char *const FACET_NAMES[FACETS] = {"length",       "minLength",    "maxLength",    "minInclusive",
                                                "minExclusive", "maxInclusive", "maxExclusive", "totalDigits",
                                                "fractionDigits", "pattern", "item"};

static Verdict
verdict_of(bool is_allowed)
{
    return is_allowed ? ALLOWED : DENIED;
}

/* ------------------------------------------------------------------ numbers */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static Slice
digits_at(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && is_digit(*at)) {
        at++;
    }
    return (Slice){start, at - start};
}

/* A decimal number, or an integer where there may be no point. */
static bool
read_number(Slice text, bool may_have_point, Number *number)
{
    const char *at = text.at, *end = text.at + text.size;
    number->is_negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    number->whole = digits_at(at, end);
    at += number->whole.size;
    number->fraction = (Slice){at, 0};
    bool has_digits = number->whole.size > 0;
    if (may_have_point && at < end && *at == '.') {
        number->fraction = digits_at(at + 1, end);
        at += 1 + number->fraction.size;
        has_digits = has_digits || number->fraction.size;
    }
    for (; number->whole.size && *number->whole.at == '0'; number->whole.size--) {
        number->whole.at++;
    }
    for (; number->fraction.size && number->fraction.at[number->fraction.size - 1] == '0'; number->fraction.size--) {
    }
    number->is_negative = number->is_negative && (number->whole.size || number->fraction.size);
    return has_digits && at == end;
}

static int
compare_digits(Slice one, Slice other)
{
    Py_ssize_t size = one.size < other.size ? one.size : other.size;
    int order = size ? memcmp(one.at, other.at, (size_t)size) : 0;
    return order ? order : one.size < other.size ? -1 : one.size > other.size;
}

/* Below 0, 0 or above 0. */
static int
compare_numbers(const Number *one, const Number *other)
{
    if (one->is_negative != other->is_negative) {
        return one->is_negative ? -1 : 1;
    }
    int order = one->whole.size != other->whole.size ? (one->whole.size < other->whole.size ? -1 : 1)
                                                     : compare_digits(one->whole, other->whole);
    order = order ? order : compare_digits(one->fraction, other->fraction);
    return one->is_negative ? -order : order;
}

/* Without the zeros that only place the point. */
static Py_ssize_t
total_digits(const Number *number)
{
    Py_ssize_t leading = 0;
    while (!number->whole.size && leading < number->fraction.size && number->fraction.at[leading] == '0') {
        leading++;
    }
    Py_ssize_t count = number->whole.size + number->fraction.size - leading;
    return count ? count : 1;
}

/* A number with or without an exponent, or one of the words for what is none. */
static bool
is_float(Slice text)
{
    if (text.size && (*text.at == 'I' || *text.at == 'N' || text.at[text.size - 1] == 'F')) {
        return same_slice(text, (Slice){"INF", 3}) || same_slice(text, (Slice){"-INF", 4})
               || same_slice(text, (Slice){"NaN", 3});
    }
    Py_ssize_t size = 0;
    while (size < text.size && text.at[size] != 'e' && text.at[size] != 'E') {
        size++;
    }
    Number number;
    if (!read_number((Slice){text.at, size}, true, &number)) {
        return false;
    }
    return size == text.size || read_number((Slice){text.at + size + 1, text.size - size - 1}, false, &number);
}

/* ------------------------------------------------------------------ names and addresses */

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Which names there are beyond ASCII the package knows. */
static Verdict
name_verdict(Slice text, int first_kind, bool has_colons)
{
    if (!is_ascii(text)) {
        return UNSURE;
    }
    for (Py_ssize_t i = 0; i < text.size; i++) {
        bool is_right = is_kind(text.at[i], i ? NAME_PART : first_kind) || (has_colons && text.at[i] == ':');
        if (!is_right) {
            return DENIED;
        }
    }
    return verdict_of(text.size > 0);
}

/* Parts of up to eight characters between hyphens, the first of letters. */
static bool
is_language(Slice text)
{
    enum { LONGEST_PART = 8 };
    Py_ssize_t part = 0;
    bool is_first = true;
    for (Py_ssize_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c == '-' && part) {
            part = 0;
            is_first = false;
        }
        else if (part++ == LONGEST_PART || !(is_letter(c) || (!is_first && is_digit(c)))) {
            return false;
        }
    }
    return part > 0;
}

static bool
is_scheme(Slice text)
{
    for (Py_ssize_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!is_letter(c) && (!i || !(is_digit(c) || c == '+' || c == '.' || c == '-'))) {
            return false;
        }
    }
    return text.size > 0;
}

/* Nearly every text is an address; the package knows the rules for those with brackets, escapes and the like. */
static Verdict
uri_verdict(Slice text)
{
    Py_ssize_t scheme = -1;
    bool is_before_path = true, has_fragment = false;
    for (Py_ssize_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c == '%' || c == '[' || c == ']' || (c == '#' && has_fragment)) {
            return UNSURE;
        }
        if (c == ':' && is_before_path) {
            scheme = i;
        }
        has_fragment = has_fragment || c == '#';
        is_before_path = is_before_path && c != ':' && c != '/' && c != '?' && c != '#';
    }
    if (scheme >= 0 && !is_scheme((Slice){text.at, scheme})) {
        return DENIED;
    }
    Slice rest = {text.at + scheme + 1, text.size - scheme - 1};
    bool is_missing = scheme >= 0 && (!rest.size || *rest.at == '#');
    return verdict_of(!is_missing && !same_slice(rest, (Slice){"//", 2}));
}

/* ------------------------------------------------------------------ points in time */

enum { LEAP_YEAR = 2000, LONGEST_YEAR = 9, LAST_HOUR = 24 };

/* So many digits as a number; -1 where there are fewer. */
static int
read_digits(const char **at, const char *end, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++) {
        if (*at == end || !is_digit(**at)) {
            return -1;
        }
        number = number * 10 + (*(*at)++ - '0');
    }
    return number;
}

/* At least four digits, and no zeros before more; the package takes years that are longer. */
static Verdict
read_year(const char **at, const char *end, int *year)
{
    bool is_negative = *at < end && **at == '-';
    *at += is_negative;
    Slice digits = digits_at(*at, end);
    if (digits.size < 4 || (digits.size > 4 && *digits.at == '0')) {
        return DENIED;
    }
    if (digits.size > LONGEST_YEAR) {
        return UNSURE;
    }
    *year = read_digits(at, end, (int)digits.size);
    bool exists = *year != 0;
    *year = is_negative ? 1 - *year : *year;
    return verdict_of(exists);
}

static int
days_of(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return DAYS[month - 1] + (month == 2 && is_leap);
}

static bool
skip(const char **at, const char *end, char c)
{
    bool is_there = *at < end && **at == c;
    *at += is_there;
    return is_there;
}

/* Hours, minutes and seconds. The end of a day has hour 24, and a minute may have a leap second. */
static bool
read_time(const char **at, const char *end)
{
    int hour = read_digits(at, end, 2);
    int minute = skip(at, end, ':') ? read_digits(at, end, 2) : -1;
    int second = skip(at, end, ':') ? read_digits(at, end, 2) : -1;
    bool has_more = minute > 0 || second > 0;
    if (skip(at, end, '.')) {
        Slice fraction = digits_at(*at, end);
        *at += fraction.size;
        for (Py_ssize_t i = 0; i < fraction.size; i++) {
            has_more = has_more || fraction.at[i] != '0';
        }
        if (!fraction.size) {
            return false;
        }
    }
    bool is_in_day = hour >= 0 && hour <= LAST_HOUR && !(hour == LAST_HOUR && has_more);
    return is_in_day && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
}

/* Nothing, Z, or up to fourteen hours before or after. */
static bool
read_zone(const char **at, const char *end)
{
    if (*at == end || skip(at, end, 'Z')) {
        return true;
    }
    if (!skip(at, end, '+') && !skip(at, end, '-')) {
        return false;
    }
    int hours = read_digits(at, end, 2);
    int minutes = skip(at, end, ':') ? read_digits(at, end, 2) : -1;
    return hours >= 0 && minutes >= 0 && minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0));
}

/* `parts` has Y for a year, M for a month, D for a day, h for a time of day, and what stands between them. */
static Verdict
time_verdict(Slice text, const char *parts)
{
    const char *at = text.at, *end = text.at + text.size;
    int year = LEAP_YEAR, month = 1, day = 1;
    for (; *parts; parts++) {
        Verdict verdict = ALLOWED;
        switch (*parts) {
        case 'Y':
            verdict = read_year(&at, end, &year);
            break;
        case 'M':
            month = read_digits(&at, end, 2);
            verdict = verdict_of(month >= 1 && month <= 12);
            break;
        case 'D':
            day = read_digits(&at, end, 2);
            break;
        case 'h':
            verdict = verdict_of(read_time(&at, end));
            break;
        default:
            verdict = verdict_of(skip(&at, end, *parts));
        }
        if (verdict != ALLOWED) {
            return verdict;
        }
    }
    return verdict_of(day >= 1 && day <= days_of(year, month) && read_zone(&at, end) && at == end);
}

/* ------------------------------------------------------------------ a text */

static bool
is_truth_value(Slice text)
{
    return same_slice(text, (Slice){"true", 4}) || same_slice(text, (Slice){"false", 5})
           || same_slice(text, (Slice){"1", 1}) || same_slice(text, (Slice){"0", 1});
}

static Verdict
shape_verdict(const Form *form, Slice text, Number *number)
{
    switch ((Shape)form->shape) {
    case WORD_SHAPE: {
        Slice word;
        word.at = PyUnicode_AsUTF8AndSize(form->detail, &word.size);
        return word.at == NULL ? FAILED : verdict_of(same_slice(text, word));
    }
    case TRUTH_SHAPE:
        return verdict_of(is_truth_value(text));
    case INTEGER_SHAPE:
        return verdict_of(read_number(text, false, number));
    case DECIMAL_SHAPE:
        return verdict_of(read_number(text, true, number));
    case FLOAT_SHAPE:
        return verdict_of(is_float(text));
    case NAME_SHAPE:
        return name_verdict(text, NAME_START, true);
    case PLAIN_NAME_SHAPE:
        return name_verdict(text, NAME_START, false);
    case NAME_TOKEN_SHAPE:
        return name_verdict(text, NAME_PART, true);
    case LANGUAGE_SHAPE:
        return verdict_of(is_language(text));
    case URI_SHAPE:
        return uri_verdict(text);
    case TIME_SHAPE: {
        const char *parts = PyUnicode_AsUTF8(form->detail);
        return parts == NULL ? FAILED : time_verdict(text, parts);
    }
    case TEXT_SHAPE:
    case LIST_SHAPE:
    case SHAPES:
        break;
    }
    return ALLOWED;
}

/* The next of the words that spaces separate; `text` loses it. */
static Slice
next_word(Slice *text)
{
    for (; text->size && *text->at == ' '; text->size--) {
        text->at++;
    }
    const char *end = text->size ? memchr(text->at, ' ', (size_t)text->size) : NULL;
    Slice word = {text->at, end != NULL ? end - text->at : text->size};
    text->at += word.size;
    text->size -= word.size;
    return word;
}

static Verdict
items_verdict(Form *item, Slice text)
{
    Verdict verdict = ALLOWED;
    for (Slice word = next_word(&text); word.size && verdict == ALLOWED; word = next_word(&text)) {
        verdict = form_allows(item, word);
    }
    return verdict;
}

/* Characters, or the items of a list. */
static Py_ssize_t
length_of(const Form *form, Slice text)
{
    Py_ssize_t count = 0;
    if (form->shape == LIST_SHAPE) {
        while (next_word(&text).size) {
            count++;
        }
        return count;
    }
    for (Py_ssize_t i = 0; i < text.size; i++) {
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    }
    return count;
}

static Verdict
facet_verdict(const Form *form, Facet *facet, Slice text, const Number *number)
{
    switch ((FacetKind)facet->kind) {
    case LENGTH:
        return verdict_of(length_of(form, text) == facet->count);
    case MIN_LENGTH:
        return verdict_of(length_of(form, text) >= facet->count);
    case MAX_LENGTH:
        return verdict_of(length_of(form, text) <= facet->count);
    case MIN_INCLUSIVE:
        return verdict_of(compare_numbers(number, &facet->limit) >= 0);
    case MIN_EXCLUSIVE:
        return verdict_of(compare_numbers(number, &facet->limit) > 0);
    case MAX_INCLUSIVE:
        return verdict_of(compare_numbers(number, &facet->limit) <= 0);
    case MAX_EXCLUSIVE:
        return verdict_of(compare_numbers(number, &facet->limit) < 0);
    case TOTAL_DIGITS:
        return verdict_of(total_digits(number) <= facet->count);
    case FRACTION_DIGITS:
        return verdict_of(number->fraction.size <= facet->count);
    case PATTERN:
        return machine_matches(&facet->machine, text);
    case ITEM:
        return items_verdict(facet->item, text);
    case FACETS:
        break;
    }
    return UNSURE;
}

/* A text with its white space as the datatype wants it; false where it must be changed inside, or a reference has put a
 * carriage return into it, which is no BLANK. */
static bool
normalise(const Form *form, Slice *text)
{
    if (form->blanks == KEPT) {
        return true;
    }
    if (form->blanks == COLLAPSED) {
        for (; text->size && is_kind(*text->at, BLANK); text->size--) {
            text->at++;
        }
        for (; text->size && is_kind(text->at[text->size - 1], BLANK); text->size--) {
        }
    }
    for (Py_ssize_t i = 0; i < text->size; i++) {
        bool is_double = form->blanks == COLLAPSED && text->at[i] == ' ' && text->at[i + 1] == ' ';
        if (is_double || text->at[i] == '\r' || (is_kind(text->at[i], BLANK) && text->at[i] != ' ')) {
            return false;
        }
    }
    return true;
}

Verdict
form_allows(Form *form, Slice text)
{
    if (form->shape == TEXT_SHAPE && !form->facet_count) {
        return ALLOWED;
    }
    if (!normalise(form, &text)) {
        return UNSURE;
    }
    Number number = {0};
    Verdict verdict = shape_verdict(form, text, &number);
    for (Py_ssize_t i = 0; verdict == ALLOWED && i < form->facet_count; i++) {
        verdict = facet_verdict(form, &form->facets[i], text, &number);
    }
    return verdict;
}

/* ------------------------------------------------------------------ what the package says */

static bool
is_bound(int kind)
{
    return kind >= MIN_INCLUSIVE && kind <= MAX_EXCLUSIVE;
}

static int
take_limit(const Form *form, Facet *facet, PyObject *limit)
{
    if (facet->kind == PATTERN) {
        return machine_start(&facet->machine, limit);
    }
    if (facet->kind == ITEM) {
        facet->item = form_new(limit);
        return facet->item != NULL ? 0 : -1;
    }
    if (!is_bound(facet->kind)) {
        facet->count = PyLong_AsSsize_t(limit);
        return facet->count < 0 && PyErr_Occurred() ? -1 : 0;
    }
    Slice text;
    text.at = PyUnicode_Check(limit) ? PyUnicode_AsUTF8AndSize(limit, &text.size) : NULL;
    if (text.at == NULL || !read_number(text, form->shape == DECIMAL_SHAPE, &facet->limit)) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "a limit is a number");
        }
        return -1;
    }
    facet->text = Py_NewRef(limit);
    return 0;
}

static int
take_facet(const Form *form, Facet *facet, PyObject *description)
{
    const char *name;
    PyObject *limit;
    if (!unpack(description, "sO", &name, &limit)) {
        return -1;
    }
    facet->kind = index_of_word(FACET_NAMES, FACETS, name);
    bool needs_number = is_bound(facet->kind) || facet->kind == TOTAL_DIGITS || facet->kind == FRACTION_DIGITS;
    if (needs_number && form->shape != INTEGER_SHAPE && form->shape != DECIMAL_SHAPE) {
        PyErr_Format(PyExc_ValueError, "%s is for numbers", name);
        return -1;
    }
    return facet->kind < 0 ? -1 : take_limit(form, facet, limit);
}

/* The description is a tuple: the name of the shape, a detail, what is done with white space, and facets, each with a name
 * and a limit. */
static int
take_form(Form *form, PyObject *description)
{
    const char *shape;
    PyObject *detail, *facets;
    if (!unpack(description, "sUiO!", &shape, &detail, &form->blanks, &PyTuple_Type, &facets)) {
        return -1;
    }
    form->shape = index_of_word(SHAPE_NAMES, SHAPES, shape);
    form->detail = Py_NewRef(detail);
    form->facets = zeroed(PyTuple_GET_SIZE(facets), sizeof(Facet));
    if (form->shape < 0 || form->facets == NULL) {
        return -1;
    }
    if (form->blanks < KEPT || form->blanks >= WAYS_WITH_BLANKS) {
        PyErr_SetString(PyExc_ValueError, "there is no such way with blanks");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(facets); i++) {
        form->facet_count++;
        if (take_facet(form, &form->facets[i], PyTuple_GET_ITEM(facets, i)) < 0) {
            return -1;
        }
    }
    return 0;
}

Form *
form_new(PyObject *description)
{
    Form *form = zeroed(1, sizeof(Form));
    if (form != NULL && take_form(form, description) < 0) {
        form_free(form);
        form = NULL;
    }
    return form;
}

int
form_visit(Form *form, visitproc visit, void *arg)
{
    Py_VISIT(form->detail);
    for (Py_ssize_t i = 0; i < form->facet_count; i++) {
        Py_VISIT(form->facets[i].text);
        Py_VISIT(form->facets[i].machine.machine);
        int result = form->facets[i].item != NULL ? form_visit(form->facets[i].item, visit, arg) : 0;
        if (result) {
            return result;
        }
    }
    return 0;
}

void
form_free(Form *form)
{
    Py_CLEAR(form->detail);
    for (Py_ssize_t i = 0; i < form->facet_count; i++) {
        Py_CLEAR(form->facets[i].text);
        machine_free(&form->facets[i].machine);
        if (form->facets[i].item != NULL) {
            form_free(form->facets[i].item);
        }
    }
    PyMem_Free(form->facets);
    PyMem_Free(form);
}

/* What no C compiler takes is an error in C source too */
VIR_ENUM_IMPL(virX, VIR_X_LAST, "a", "b"
VIR_ENUM_IMPL(virX, VIR_X_LAST, "a" 3);
VIR_ENUM_IMPL(virY, 3, "a");

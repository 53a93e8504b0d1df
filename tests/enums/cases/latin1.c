/* By André, in Latin-1 */
VIR_ENUM_IMPL(virX, VIR_X_LAST, "café")
VIR_ENUM_IMPL(virY, VIR_Y_LAST, "a")

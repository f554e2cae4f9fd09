// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <jansson.h>

// The error text is a char array, which Swift sees as a tuple of 160 elements.
static inline const char *parley_json_error_text(const json_error_t *error) {
    return error->text;
}

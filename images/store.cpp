#include "images/store.h"

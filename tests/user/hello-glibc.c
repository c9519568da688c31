/* What `hello` of user/examples is compared with: the same by the C library, static. */
#include <stdio.h>

int main(void) {
    printf("hello, %s\n", "world");
    return 0;
}

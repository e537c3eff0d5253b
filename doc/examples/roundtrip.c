/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file roundtrip.c
 * \brief Example: compresses a file in one call, then restores it as a stream
 *        and compares.
 *
 *     cc roundtrip.c $(pkg-config --cflags --libs midicoth) -o roundtrip
 *     ./roundtrip app.log
 */
#include <midicoth.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads a whole file; the caller frees it. NULL on failure. */
static unsigned char *read_file(const char *name, size_t *size)
{
    FILE *const file = fopen(name, "rb");
    unsigned char *data = NULL;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        const long end = ftell(file);
        rewind(file);
        *size = end > 0 ? (size_t)end : 0;
        data = malloc(*size + 1);
        if (data != NULL && fread(data, 1, *size, file) != *size) {
            free(data);
            data = NULL;
        }
    }
    fclose(file);
    return data;
}

/* One call: the output buffer must hold the worst case. */
static enum mdc_status compress(const void *plain, size_t size,
                                unsigned char **packed, size_t *packed_size)
{
    struct mdc_options options;
    mdc_options_init(&options);
    options.level = 6;

    const size_t bound = mdc_compress_bound(size);
    *packed = malloc(bound);
    if (*packed == NULL)
        return MDC_MEM;
    return mdc_compress(*packed, bound, packed_size, plain, size, &options);
}

/* A stream: any amount of memory will do, here 4 KiB of output at a time.
 * 0 if the restored bytes are those of plain[size]. */
static int restore(const void *packed, size_t packed_size,
                   const unsigned char *plain, size_t size)
{
    unsigned char buffer[4096];
    struct mdc_input in = {packed, packed_size, 0};
    size_t done = 0;
    enum mdc_status status;
    mdc_dctx *ctx;

    if (mdc_dctx_new(&ctx, NULL) != MDC_OK)
        return -1;
    do {
        struct mdc_output out = {buffer, sizeof(buffer), 0};
        status = mdc_dctx_run(ctx, &in, &out, MDC_FINISH);
        if (out.pos > size - done || memcmp(buffer, plain + done, out.pos) != 0)
            status = MDC_CHECK;
        done += out.pos;
    } while (status == MDC_NEED_OUTPUT);

    if (status != MDC_STREAM_END)
        fprintf(stderr, "%s: %s\n", mdc_status_text(status),
                mdc_dctx_error(ctx)->text);
    mdc_dctx_free(ctx);
    return status == MDC_STREAM_END && done == size ? 0 : -1;
}

int main(int argc, char **argv)
{
    size_t size = 0, packed_size = 0;
    unsigned char *packed = NULL;
    int failed = 1;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FILE\n", argv[0]);
        return EXIT_FAILURE;
    }
    unsigned char *const plain = read_file(argv[1], &size);
    if (plain == NULL) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    const enum mdc_status status = compress(plain, size, &packed, &packed_size);
    if (status != MDC_OK)
        fprintf(stderr, "%s\n", mdc_status_text(status));
    else
        failed = restore(packed, packed_size, plain, size) != 0;
    free(packed);
    free(plain);
    if (!failed)
        printf("libmidicoth %s: %zu bytes, %zu compressed\n",
               mdc_version_string(), size, packed_size);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

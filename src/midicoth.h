/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file midicoth.h
 * \brief The public interface of libmidicoth, a lossless compressor for logs
 *        and sensor data.
 *
 * Contexts are opaque and hold all state: there are no globals, and different
 * contexts may be used from different threads at the same time. One context
 * must not be used by two threads at once. All sizes are bytes. Functions that
 * can fail return an enum mdc_status.
 */
#ifndef MIDICOTH_H
#define MIDICOTH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__) && __GNUC__ >= 4
#pragma GCC visibility push(default)
#endif

/** Version of this header: major * 10000 + minor * 100 + patch. */
#define MDC_VERSION_NUMBER 100
#define MDC_VERSION_STRING "0.1.0"

/** Version of the library that is linked in, same form as the macros. */
uint32_t mdc_version_number(void);
const char *mdc_version_string(void);

/**
 * What a call came to. Values are stable; new ones are added at the end.
 * After MDC_NEED_INPUT and MDC_NEED_OUTPUT coding goes on with more of what is
 * named, and after MDC_STREAM_END and MDC_GAP with what follows; after every
 * other status but MDC_OK a context can only be freed.
 */
enum mdc_status {
    MDC_OK = 0,          /**< done, or progress was made */
    MDC_STREAM_END = 1,  /**< decoder: all frames so far are complete */
    MDC_NEED_INPUT = 2,  /**< all input was used up */
    MDC_NEED_OUTPUT = 3, /**< the output buffer is full */
    MDC_MEM = 4,         /**< an allocation failed */
    MDC_MEMLIMIT = 5,    /**< the memory limit is too low, see the detail */
    MDC_FORMAT = 6,      /**< this is not a midicoth archive */
    MDC_UNSUPPORTED = 7, /**< an archive of another epoch, codec or record */
    MDC_OPTIONS = 8,     /**< an option is out of its range */
    MDC_DATA = 9,        /**< the archive is damaged */
    MDC_CHECK = 10,      /**< restored bytes do not match their check */
    MDC_TRUNCATED = 11,  /**< the archive ends too early */
    MDC_IO = 12,         /**< a callback of the caller failed */
    MDC_GPU = 13,        /**< a GPU was required and is not usable */
    MDC_PROG = 14,       /**< the caller broke this interface's rules */
    MDC_DICTIONARY = 15, /**< a dictionary is missing or is another one */
    MDC_OUTLIMIT = 16,   /**< more output than the limit allows */
    MDC_GAP = 17         /**< a frame is cut off, and another one follows */
};

/** A short English name of a status, never NULL; static storage. */
const char *mdc_status_text(enum mdc_status status);

/** Allocation hooks. Both are called from several threads at once if more
 *  than one thread is asked for. NULL hooks mean malloc and free. */
struct mdc_allocator {
    void *(*alloc)(void *opaque, size_t size); /**< NULL on failure */
    void (*free)(void *opaque, void *ptr);     /**< ptr may be NULL */
    void *opaque;
};

/** Progress hook: bytes of plain data and of archive that are done. */
typedef void mdc_progress_fn(void *opaque, uint64_t plain, uint64_t packed);

#define MDC_LEVEL_MIN     0
#define MDC_LEVEL_MAX     9
#define MDC_LEVEL_DEFAULT 6

#define MDC_DICTIONARY_MAX     8388608 /**< bytes */
#define MDC_DICTIONARY_DEFAULT 112640  /**< a good size to train one of */

/** What the input is. Values are stable. */
enum mdc_content {
    MDC_CONTENT_AUTO = 0,  /**< look at each block, keep what is smallest */
    MDC_CONTENT_BYTES = 1, /**< anything: no front end is tried */
    MDC_CONTENT_LOG = 2,   /**< lines of logs or other text */
    MDC_CONTENT_LIDAR = 3  /**< point clouds */
};

/** The largest step of near-lossless compression, nanometres: a metre. */
#define MDC_QUANTIZE_MAX 1000000000

/** Options of compression and decompression, set up by mdc_options_init().
 *  `size` is the caller's sizeof: fields behind it keep their defaults, and
 *  those of a newer program that this library does not know must be 0. */
struct mdc_options {
    size_t size;
    int level;             /**< 0 store, 1..3 fast, 4..9 the models */
    unsigned threads;      /**< 1..256; the bytes do not depend on it */
    uint64_t block_size;   /**< 4 KiB..256 MiB of plain data; 0: 8 MiB, or 1
                                MiB if seekable */
    uint64_t chunk_size;   /**< 4 KiB..block_size; 0: 1 MiB */
    uint64_t memory_limit; /**< bytes for all threads; 0: none */
    struct mdc_allocator allocator;
    mdc_progress_fn *progress; /**< may be NULL */
    void *progress_opaque;
    /** Bytes that all blocks are to know before their first: the same are
     *  needed to restore. Copied by the context; NULL and 0: none. */
    const void *dictionary;
    size_t dictionary_size; /**< at most MDC_DICTIONARY_MAX */
    /** 1: small blocks, and unless a dictionary is given, frames of several
     *  blocks embed one, so that small blocks cost little. */
    int seekable;
    enum mdc_content content; /**< a hint; AUTO finds out */
    /** Nanometres, 1..MDC_QUANTIZE_MAX: near-lossless compression of LiDAR
     *  frames, at levels 4..9, without a dictionary. x, y and z of their points
     *  are restored as 32-bit floats at most half of this away, all else
     *  exactly; so is what is no frame, see mdc_cctx_quantized(). 0: never. */
    uint64_t quantize;
    /** Of the decoder: bytes restored at most; 0: no limit. */
    uint64_t max_output;
};

/** Fills *options with the defaults (level 6, one thread, no limit, no
 *  dictionary). */
void mdc_options_init(struct mdc_options *options);

/** Memory that compression (and decompression of its result) takes with these
 *  options, bytes, all threads; UINT64_MAX if an option is invalid. */
uint64_t mdc_memusage(const struct mdc_options *options);

/* ---- One call ---------------------------------------------------------- */

/** Largest size that mdc_compress() can make of `size` bytes. */
size_t mdc_compress_bound(size_t size);

/**
 * Compresses src[src_size] into dst[dst_capacity], one frame.
 * \param dst_size  out: bytes written; untouched on failure
 * \param options   NULL for the defaults
 * \return MDC_OK, MDC_NEED_OUTPUT (dst is too small), MDC_MEM, MDC_MEMLIMIT,
 *         MDC_OPTIONS
 */
enum mdc_status mdc_compress(void *dst, size_t dst_capacity, size_t *dst_size,
                             const void *src, size_t src_size,
                             const struct mdc_options *options);

/**
 * Restores all frames of src[src_size] into dst[dst_capacity].
 * \return MDC_OK, MDC_NEED_OUTPUT (dst is too small, which headers say before
 *         anything is restored), or what is wrong with src: a frame that is
 *         cut off is, whatever follows it. On failure the content of dst is
 *         unspecified
 */
enum mdc_status mdc_decompress(void *dst, size_t dst_capacity, size_t *dst_size,
                               const void *src, size_t src_size,
                               const struct mdc_options *options);

/* ---- Dictionaries ------------------------------------------------------ */

/** What error messages and lists call the dictionary data[size] by, in eight
 *  hexadecimal digits. */
uint32_t mdc_dictionary_id(const void *data, size_t size);

/**
 * Makes a dictionary from samples of what is to be compressed with it. Many
 * samples, together far larger than the dictionary, make a good one; of few
 * or tiny ones it holds a part of each. Must not run twice at the same time.
 * \param dictionary  out: at most `capacity` bytes, 1..MDC_DICTIONARY_MAX
 * \param size        out: bytes made; untouched on failure
 * \param samples     one behind the other, sizes[count], which may be 0
 * \return MDC_OK, MDC_MEM, MDC_OPTIONS (capacity; no byte in the samples)
 */
enum mdc_status mdc_train(void *dictionary, size_t capacity, size_t *size,
                          const void *samples, const size_t *sizes,
                          size_t count);

/* ---- Streaming --------------------------------------------------------- */

struct mdc_input {
    const void *data;
    size_t size;
    size_t pos; /**< advanced by the library */
};

struct mdc_output {
    void *data;
    size_t size;
    size_t pos; /**< advanced by the library */
};

enum mdc_action {
    MDC_RUN = 0,    /**< take input, write what is ready */
    MDC_FLUSH = 1,  /**< all input so far becomes restorable from the output */
    MDC_FINISH = 2, /**< end the frame */
};

/** Where and why a context failed. */
struct mdc_error {
    enum mdc_status status;
    uint64_t block;        /**< number of the block within its frame, from 0 */
    uint64_t offset;       /**< byte offset in the archive */
    uint64_t plain_offset; /**< plain bytes restored before */
    char text[160];        /**< one line without a newline, "" if no error */
};

typedef struct mdc_cctx mdc_cctx;
typedef struct mdc_dctx mdc_dctx;

/** Makes a compressor; *ctx is NULL on failure. The options are copied. */
enum mdc_status mdc_cctx_new(mdc_cctx **ctx, const struct mdc_options *options);

/**
 * Compresses. Call with the same action until MDC_OK; the input given at the
 * first such call must not shrink meanwhile.
 * \return MDC_OK: the action is complete (RUN: all input was taken; FLUSH,
 *         FINISH: and all output was written); MDC_NEED_OUTPUT: call again
 *         with room; else an error. After a complete MDC_FINISH the next call
 *         starts another frame.
 */
enum mdc_status mdc_cctx_run(mdc_cctx *ctx, struct mdc_input *in,
                             struct mdc_output *out, enum mdc_action action);
const struct mdc_error *mdc_cctx_error(const mdc_cctx *ctx);

/** Of the content since mdc_cctx_new() or mdc_cctx_reset(), the bytes in blocks
 *  that do not restore exactly, but nearly, as options.quantize asks. Counted
 *  when a block is written out: complete after MDC_FINISH. */
uint64_t mdc_cctx_quantized(const mdc_cctx *ctx);

/** Makes a compressor that is between frames as good as new, but keeps its
 *  memory and what it knows of its dictionary: many small inputs with one
 *  dictionary are coded far faster. \return MDC_OK, or MDC_PROG within a
 *  frame or after an error */
enum mdc_status mdc_cctx_reset(mdc_cctx *ctx);
void mdc_cctx_free(mdc_cctx *ctx);

enum mdc_status mdc_dctx_new(mdc_dctx **ctx, const struct mdc_options *options);

/**
 * Restores. Use MDC_FINISH once no input will follow what is in `in`, and
 * MDC_FLUSH to get all that the input so far restores to before more is asked
 * for (with MDC_RUN, other threads may still be at work on it).
 * Only bytes whose check was right are written out.
 * \return MDC_NEED_INPUT: all input was used; MDC_NEED_OUTPUT: call again
 *         with room; MDC_STREAM_END: a frame ended, `in` stands behind it
 *         (call again to go on with a next frame, if there is more input);
 *         MDC_GAP: a frame is cut off, as its writer was, and another frame
 *         begins behind the cut. All that was whole of the first was written
 *         out, mdc_dctx_error() says where the cut is and where it goes on:
 *         call again for what follows, or take it for an error;
 *         else an error: bytes written before it are good. Zeros behind a
 *         frame are skipped; MDC_FORMAT after a MDC_STREAM_END means that
 *         what follows the frames is no archive.
 */
enum mdc_status mdc_dctx_run(mdc_dctx *ctx, struct mdc_input *in,
                             struct mdc_output *out, enum mdc_action action);
const struct mdc_error *mdc_dctx_error(const mdc_dctx *ctx);

/** The largest options.quantize of the blocks so far: what was restored may be
 *  half of it away from what was compressed, nanometres; 0: it is exact. */
uint64_t mdc_dctx_quantized(const mdc_dctx *ctx);

/** As mdc_cctx_reset(), for the next archive. */
enum mdc_status mdc_dctx_reset(mdc_dctx *ctx);
void mdc_dctx_free(mdc_dctx *ctx);

/** 1 if data[size] starts with a frame's magic, 0 if not; 4 bytes suffice. */
int mdc_is_archive(const void *data, size_t size);

/* ---- Inspecting -------------------------------------------------------- */

/** Random access to an archive: reads exactly `size` bytes at `offset`;
 *  returns 0, or -1 on failure or a short read. */
typedef int mdc_read_at_fn(void *opaque, uint64_t offset, void *buf,
                           size_t size);

/** Where the dictionary of a block comes from. */
enum mdc_dictionary_kind {
    MDC_DICTIONARY_NONE = 0,
    MDC_DICTIONARY_EXTERNAL = 1, /**< from options.dictionary */
    MDC_DICTIONARY_EMBEDDED = 2  /**< from the frame */
};

/** What the times in a block's header count; values are stable. */
enum mdc_clock {
    MDC_CLOCK_NONE = 0, /**< no times are known */
    MDC_CLOCK_DATE = 1, /**< microseconds since 1970, in the log's own clock */
    MDC_CLOCK_YEARLESS = 2 /**< its stamps have no year: the same since the
                                start of a leap year */
};

/** Stands for a number of lines that is not known. */
#define MDC_LINES_UNKNOWN UINT64_MAX

/** Called for every frame or block; `size` fields are struct sizes, so that
 *  later versions can add fields. Returning non-zero stops with MDC_IO. */
struct mdc_block_info {
    size_t size;
    uint64_t frame;        /**< number of the frame, from 0 */
    uint64_t block;        /**< number of the block in its frame, from 0 */
    uint64_t offset;       /**< of the block in the archive */
    uint64_t packed_size;  /**< bytes of the block in the archive */
    uint64_t plain_offset; /**< of its content within all plain data */
    uint64_t plain_size;   /**< bytes of its content */
    uint64_t memory;       /**< bytes that decoding it takes, one thread */
    uint64_t chunks;       /**< number of chunks */
    const char *codec;     /**< name of the codec, static storage */
    unsigned row;          /**< the codec's parameter row */
    unsigned epoch;        /**< epoch of the frame */
    enum mdc_dictionary_kind dictionary; /**< that the block needs */
    uint32_t dictionary_id;              /**< see mdc_dictionary_id() */
    uint64_t dictionary_size;            /**< bytes; 0: not known without it */
    uint64_t encode_memory; /**< bytes that coding it took, one thread */
    uint64_t lines;         /**< newlines, or MDC_LINES_UNKNOWN */
    /** Of the stamps at the heads of its lines the least and the greatest. */
    enum mdc_clock clock;
    int64_t least_time, greatest_time;
    uint64_t quantize; /**< nanometres, see mdc_options; 0: it is exact */
    int cut_off; /**< 1: its frame ends within it; sizes are of what is whole */
};
typedef int mdc_block_fn(void *opaque, const struct mdc_block_info *info);

/** Sums over an archive, filled by mdc_inspect(). */
struct mdc_archive_info {
    size_t size; /**< set by the caller to its sizeof */
    uint64_t frames;
    uint64_t blocks;
    uint64_t packed_size; /**< without trailing bytes */
    uint64_t plain_size;
    uint64_t memory;   /**< largest block's */
    uint64_t trailing; /**< bytes behind the last frame */
    uint64_t lines;    /**< newlines, or MDC_LINES_UNKNOWN of a block's */
    uint64_t quantize; /**< largest block's, nanometres; 0: all is exact */
    uint64_t cut_off;  /**< frames that are cut off, not among `frames` */
};

/**
 * Walks the headers of all frames and blocks without decoding them.
 * \param archive_size  size of the whole archive
 * \param on_block      may be NULL
 * \param info          out: the sums up to the end or to what went wrong
 * \param error         out: what went wrong, may be NULL
 * \return MDC_OK; MDC_FORMAT if info->frames is 0: no archive, else: bytes
 *         behind the last frame are neither zeros nor a frame; MDC_GAP: frames
 *         are cut off, others follow, and the error is of the first cut;
 *         MDC_TRUNCATED: the last frame is cut off, or is being written; MDC_IO
 *         if a callback failed; what is wrong with the archive. Of a frame that
 *         is cut off, what is whole is in the sums
 */
enum mdc_status mdc_inspect(mdc_read_at_fn *read_at, void *read_opaque,
                            uint64_t archive_size, mdc_block_fn *on_block,
                            void *opaque, struct mdc_archive_info *info,
                            struct mdc_error *error);

/* ---- Templates of logs --------------------------------------------------- */

/** Stands in a template's text for what varies from line to line. */
#define MDC_TEMPLATE_SLOT '\x01'

/** A template, and the lines that have it. Texts are not terminated and may
 *  hold any byte; they live until the call returns. */
struct mdc_template {
    size_t size;      /**< of the struct: later versions can add fields */
    const char *text; /**< NULL: all lines that no template fits */
    size_t text_size;
    uint64_t lines;      /**< number of them */
    uint64_t first_line; /**< numbers of lines, from 1 */
    uint64_t last_line;
    uint64_t plain_size; /**< bytes of the lines */
    /** Of what the whole log is compressed to, these lines' part in 1/10000,
     *  about: estimated, not measured. */
    unsigned share;
    const char *example; /**< the first line, at most 256 bytes of it */
    size_t example_size;
};

/** Called for every template; returning non-zero stops with MDC_IO. */
typedef int mdc_template_fn(void *opaque, const struct mdc_template *found);

typedef struct mdc_survey mdc_survey;

/** Makes a survey of a log; *survey is NULL on failure.
 *  \param allocator  NULL for malloc and free; copied */
enum mdc_status mdc_survey_new(mdc_survey **survey,
                               const struct mdc_allocator *allocator);

/** Takes the log, in pieces of any size. \return MDC_OK, MDC_MEM, or MDC_PROG
 *  after a report */
enum mdc_status mdc_survey_add(mdc_survey *survey, const void *data,
                               size_t size);

/**
 * Ends the log, and reports its templates, in the order in which they were
 * found; may be called again.
 * \return MDC_OK, MDC_MEM, MDC_IO
 */
enum mdc_status mdc_survey_report(mdc_survey *survey, mdc_template_fn *report,
                                  void *opaque);
void mdc_survey_free(mdc_survey *survey);

/* ---- Explaining ---------------------------------------------------------- */

/** What a part of an explanation is. Values are stable; new ones are added at
 *  the end, and what is not known is to be skipped. */
enum mdc_part_kind {
    MDC_PART_ARCHIVE = 0,  /**< all of it; `count` blocks */
    MDC_PART_FRAMES = 1,   /**< of it, what is no payload: headers, checks */
    MDC_PART_BLOCK = 2,    /**< the payloads, by block: codec `name`, `row`,
                                `count` chunks */
    MDC_PART_WAY = 3,      /**< the payloads, by what was coded: `name` */
    MDC_PART_TEXT = 4,     /**< those of text, by what it is: `name` */
    MDC_PART_TEMPLATE = 5, /**< those of text, by templates of lines: `text`,
                                NULL for lines without one, and `example` of
                                `count`; the most expensive first */
    MDC_PART_SLOT = 6,     /**< of the template before: slot `number` */
    MDC_PART_SENSOR = 7,   /**< of LiDAR frames: `count` points that the
                                model `name` predicted */
    MDC_PART_FACT = 8,     /**< of the sensor before: `name` is `number` */
    MDC_PART_RESIDUAL =
        9,              /**< of points' coordinates: `count` that were as far
                             from where models expected them as `name` says */
    MDC_PART_POINT = 10 /**< at x, y from above, and its cost; where there
                             are many, one of some in a row */
};

/** A part of an archive, and what it takes of it. Texts are not terminated
 *  and may hold any byte; they live until the call returns. */
struct mdc_part {
    size_t size; /**< of the struct: later versions can add fields */
    enum mdc_part_kind kind;
    const char *name; /**< static storage, or NULL */
    uint64_t number;
    unsigned row;
    int estimated;    /**< 1: about, where the codec keeps no account */
    const char *text; /**< with MDC_TEMPLATE_SLOT */
    size_t text_size;
    const char *example; /**< the start of one */
    size_t example_size;
    uint64_t count;
    uint64_t plain_size; /**< bytes that it stands for */
    uint64_t cost;       /**< what it takes, in 1/256 bits */
    int64_t x, y;        /**< micrometres */
    const char *note;    /**< of MDC_PART_WAY: what that is, in a few words;
                              static storage */
};

/** Called for every part; returning non-zero stops with MDC_IO. */
typedef int mdc_part_fn(void *opaque, const struct mdc_part *part);

typedef struct mdc_explain mdc_explain;

/** Makes an explanation of an archive; *explain is NULL on failure.
 *  \param options  as of mdc_dctx_new(); one thread is used */
enum mdc_status mdc_explain_new(mdc_explain **explain,
                                const struct mdc_options *options);

/** Takes the archive, in pieces of any size: it is restored, slower than
 *  usual, and thrown away. \return MDC_OK, or what is wrong with it */
enum mdc_status mdc_explain_add(mdc_explain *explain, const void *data,
                                size_t size);
const struct mdc_error *mdc_explain_error(const mdc_explain *explain);

/**
 * Ends the archive, and says where its bits went; may be called again. The
 * costs of frames and blocks add up to the archive's, and those of ways to the
 * blocks', but for what the coder rounds: less than 0.1 % and 8 bytes a chunk.
 * \return MDC_OK, MDC_MEM, MDC_IO, or what is wrong with the archive
 */
enum mdc_status mdc_explain_report(mdc_explain *explain, mdc_part_fn *report,
                                   void *opaque);
void mdc_explain_free(mdc_explain *explain);

#if defined(__GNUC__) && __GNUC__ >= 4
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif

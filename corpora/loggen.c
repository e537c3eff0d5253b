/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file loggen.c
 * \brief Writes made-up logs: the same bytes for the same arguments on every
 *        machine.
 *
 * A line is made from a format whose directives are expanded from left to
 * right by expand(). Over time the clock moves on, number ranges and the pace
 * drift, hosts and message templates are added, ids come again, and now and
 * then one message comes in a burst. Addresses are from the ranges for
 * documentation. Only integers and "%d"-like conversions are used, so neither
 * the locale nor the compiler's order of evaluation can change the output.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define RECENT_IDS   64
#define SENSORS      8

/* One run of one kind. */
struct gen {
    uint64_t rng;
    uint64_t seed;
    uint64_t left;            /* bytes still to be written */
    uint64_t now;             /* milliseconds since 1970 */
    uint64_t pace;            /* typical milliseconds between lines */
    uint64_t scale;           /* typical size of numbers */
    uint64_t counter;         /* only grows, as request numbers do */
    uint64_t templates;       /* how many messages are in use */
    uint64_t hosts;           /* how many hosts are in use */
    uint64_t burst;           /* lines left of a burst */
    uint64_t template;        /* the message of this line */
    uint64_t words;           /* hash that fixes the template's words */
    uint64_t ids[RECENT_IDS]; /* ids that may come again */
    int sensor[SENSORS][4];   /* readings, each a random walk */
    unsigned next_sensor;
    const char *eol;
    size_t len;
    char line[8192];
};

static const char *const host_names[] = {
    "web-01",   "web-02",   "db-primary", "cache-a",  "cache-b", "worker-1",
    "worker-2", "gateway",  "mailhub",    "build-7",  "nas",     "edge-fra",
    "edge-osl", "edge-lis", "monitor",    "db-copy",  "queue-0", "queue-1",
    "search-3", "ldap",     "backup",     "vpn-east", "stage-2", "lab-pi"};
static const char *const users[] = {
    "root",  "deploy", "www-data", "anna", "bela",  "carlos", "dora", "emil",
    "farah", "goran",  "hanna",    "ivo",  "jonas", "keiko",  "lena", "mateo"};
static const char *const daemons[] = {
    "sshd",  "cron",  "kernel",  "systemd",  "dhclient", "postfix/smtpd",
    "named", "ntpd",  "dockerd", "nginx",    "rsyslogd", "smartd",
    "mdadm", "snmpd", "udevd",   "logrotate"};
static const char *const things[] = {
    "session",  "request", "segment",  "index",      "snapshot", "lease",
    "shard",    "replica", "cursor",   "connection", "job",      "invoice",
    "order",    "mailbox", "route",    "volume",     "token",    "worker",
    "pipeline", "topic",   "consumer", "checkpoint", "region",   "certificate",
    "template", "buffer",  "policy",   "bucket"};
static const char *const verbs[] = {
    "open",   "close",   "create", "delete",  "commit",  "merge",  "renew",
    "verify", "publish", "fetch",  "compact", "rotate",  "attach", "schedule",
    "evict",  "restart", "move",   "reserve", "release", "scan"};
static const char *const causes[] = {
    "timed out",           "connection reset by peer", "no such file",
    "permission denied",   "quota exceeded",           "checksum mismatch",
    "stale handle",        "name not known",           "already exists",
    "resource is too busy"};
static const char *const packages[] = {"store", "http",  "auth", "queue",
                                       "index", "audit", "mail", "billing"};
static const char *const classes[] = {
    "BlockManager", "RequestHandler", "SessionCache", "RetryPolicy",
    "LeaseKeeper",  "IndexWriter",    "QueueReader",  "TokenService",
    "Scheduler",    "PartitionMap"};
static const char *const levels[] = {"INFO",  "INFO",  "INFO", "INFO", "INFO",
                                     "DEBUG", "DEBUG", "WARN", "ERROR"};
static const char *const methods[] = {"GET",  "GET",  "GET",    "GET",
                                      "POST", "HEAD", "DELETE", "PUT"};
static const char *const statuses[] = {"200", "200", "200", "200", "304",
                                       "200", "404", "302", "500", "403"};
static const char *const pages[] = {"/",
                                    "/welcome.html",
                                    "/static/site.css",
                                    "/static/app.js",
                                    "/static/brand.gif",
                                    "/login",
                                    "/api/v1/orders/%n",
                                    "/api/v1/users/%u",
                                    "/search?q=%w&page=%n",
                                    "/api/v2/%w/%x",
                                    "/docs/%w.html",
                                    "/robots.txt",
                                    "/download/%w-%n.tar.gz"};
static const char *const agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "curl/8.5.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
    "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148",
    "ExampleBot/2.1 (+https://example.com/bot)",
    "python-requests/2.31.0",
    "kube-probe/1.29"};

/* Shapes of messages. A template is a shape whose %w and %v are fixed. */
static const char *const shapes[] = {
    "%v %w %x finished in %n ms",
    "Failed to %v %w: %q (%n)",
    "Accepted publickey for %u from %i port %P ssh2",
    "session opened for user %u by (uid=0)",
    "session closed for user %u",
    "Received block %k of size %N from /%i",
    "%w cache: %n hits, %n misses, %n evictions",
    "retry %v of %w %x, attempt %d: %q",
    "Connection from [%i]:%P closed after %n bytes",
    "checkpoint %N: wrote %n buffers (%d%%)",
    "%w %U is now in state %w",
    "queue %w depth=%n oldest=%nms",
    "Deleting %w /var/lib/%w/%x.dat",
    "slow %v: %n ms for %w id=%N",
    "(%u) CMD (cd /opt && ./%v-%w --quiet)",
    "config /etc/%w/%w.conf loaded, %d sections",
    "heartbeat from %h seq=%N",
    "invalid user %u from %i port %P",
    "memory: used %n MB of 16384 MB, %d%% free",
    "gc pause %n us, heap %n -> %n KB",
    "certificate of %w.example.com expires in %d days",
    "rejected %w %U: %q",
    "bound %i to %h for %n seconds",
    "%w thread pool: active=%d, queued=%n, done=%N"};

/* ---- Chance -------------------------------------------------------------- */

/* A step of the splitmix64 generator's output function. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
}

static uint64_t bits(struct gen *g)
{
    g->rng += 0x9E3779B97F4A7C15U;
    return mix(g->rng);
}

/* 0..n-1, all alike; the tiny bias of the remainder does not matter here. */
static uint64_t uniform(struct gen *g, uint64_t n)
{
    return bits(g) % n;
}

/* 0..n-1, small ones more often. */
static uint64_t skewed(struct gen *g, uint64_t n)
{
    const uint64_t most = uniform(g, n);
    return uniform(g, most + 1);
}

static int chance(struct gen *g, uint64_t one_in)
{
    return uniform(g, one_in) == 0;
}

/* An id that is new, or more often one that was seen lately. */
static uint64_t id(struct gen *g)
{
    uint64_t *const slot = &g->ids[skewed(g, RECENT_IDS)];
    if (chance(g, 4))
        *slot = bits(g);
    return *slot;
}

/* The next number that the template, not chance, decides. */
static uint64_t fixed(struct gen *g, uint64_t n)
{
    g->words = mix(g->words + 1);
    return g->words % n;
}

/* ---- Text ---------------------------------------------------------------- */

#define PICK(g, array)  (array)[skewed((g), COUNT(array))]
#define FIXED(g, array) (array)[fixed((g), COUNT(array))]

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
put(struct gen *g, const char *format, ...)
{
    const size_t room = sizeof(g->line) - g->len;
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(g->line + g->len, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        fputs("loggen: a line is too long\n", stderr);
        exit(EXIT_FAILURE);
    }
    g->len += (size_t)n;
}

/* The clock, as Linux's syslog, web servers, Java and ISO 8601 write it. */
static void put_time(struct gen *g, int style)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30,
                                       31, 31, 30, 31, 30, 31};
    const unsigned ms = (unsigned)(g->now % 1000);
    const unsigned second = (unsigned)(g->now / 1000 % 86400);
    unsigned day = (unsigned)(g->now / 86400000);
    unsigned year = 1970;
    unsigned month = 0;
    for (;; year++) {
        const unsigned leap = year % 4 == 0; /* true for 1970..2099 */
        if (day < 365 + leap)
            break;
        day -= 365 + leap;
    }
    for (;; month++) {
        const unsigned length = lengths[month] + (month == 1 && year % 4 == 0);
        if (day < length)
            break;
        day -= length;
    }
    const char *const name = months + 3 * month;
    const unsigned h = second / 3600, m = second / 60 % 60, s = second % 60;
    day++;
    month++;
    switch (style) {
    case 'S':
        put(g, "%.3s %2u %02u:%02u:%02u", name, day, h, m, s);
        break;
    case 'A':
        put(g, "%02u/%.3s/%u:%02u:%02u:%02u +0000", day, name, year, h, m, s);
        break;
    case 'J':
        put(g, "%u-%02u-%02u %02u:%02u:%02u,%03u", year, month, day, h, m, s,
            ms);
        break;
    default:
        put(g, "%u-%02u-%02uT%02u:%02u:%02u.%03uZ", year, month, day, h, m, s,
            ms);
    }
}

static void put_uuid(struct gen *g)
{
    const uint64_t high = id(g);
    const uint64_t low = mix(high);
    put(g, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64, high >> 32,
        high >> 16 & 0xFFFF, high & 0xFFF);
    put(g, "-a%03" PRIx64 "-%012" PRIx64, low >> 52, low & 0xFFFFFFFFFFFFU);
}

/* 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 or 2001:db8::/32. */
static void put_address(struct gen *g)
{
    static const char *const nets[] = {"192.0.2.", "198.51.100.", "203.0.113."};
    const uint64_t net = skewed(g, COUNT(nets));
    const uint64_t host = skewed(g, 254) + 1;
    if (chance(g, 12))
        put(g, "2001:db8:%" PRIx64 "::%" PRIx64, net, host);
    else
        put(g, "%s%" PRIu64, nets[net], host);
}

/* Appends format with its directives (see the cases) filled in. */
static void expand(struct gen *g, const char *format)
{
    for (const char *p = format; *p != '\0'; p++) {
        if (*p != '%') {
            put(g, "%c", *p);
            continue;
        }
        switch (*++p) {
        case 'S':
        case 'A':
        case 'J':
        case 'T':
            put_time(g, *p);
            break;
        case 'h': /* host */
            put(g, "%s", host_names[skewed(g, g->hosts)]);
            break;
        case 'D': { /* daemon and its process number */
            const uint64_t n = skewed(g, COUNT(daemons));
            const uint64_t age = g->counter / 50000;
            const uint64_t pid = 300 + mix(g->seed + n + age) % 30000;
            put(g, "%s[%" PRIu64 "]", daemons[n], pid);
            break;
        }
        case 'u': /* user */
            put(g, "%s", PICK(g, users));
            break;
        case 'i': /* address */
            put_address(g);
            break;
        case 'P': /* port */
            put(g, "%" PRIu64, 32768 + uniform(g, 28232));
            break;
        case 'd': /* small number */
            put(g, "%" PRIu64, 1 + skewed(g, 99));
            break;
        case 'n': /* number */
            put(g, "%" PRIu64, skewed(g, g->scale));
            break;
        case 'N': /* number that grows */
            g->counter += 1 + skewed(g, 9);
            put(g, "%" PRIu64, g->counter);
            break;
        case 'x': /* short id */
            put(g, "%08" PRIx64, id(g) >> 32);
            break;
        case 'k': /* long decimal id */
            put(g, "blk_%" PRIu64, id(g) >> 1);
            break;
        case 'U':
            put_uuid(g);
            break;
        case 'w': /* words of the template */
            put(g, "%s", FIXED(g, things));
            break;
        case 'v':
            put(g, "%s", FIXED(g, verbs));
            break;
        case 'q': /* cause */
            put(g, "%s", PICK(g, causes));
            break;
        case 'c': /* class */
            put(g, "o.e.%s", FIXED(g, packages));
            put(g, ".%s", FIXED(g, classes));
            break;
        case 'm': /* request */
            put(g, "%s", PICK(g, methods));
            break;
        case 'p':
            expand(g, PICK(g, pages));
            break;
        case 's': /* answer */
            put(g, "%s", PICK(g, statuses));
            break;
        case 'a': /* user agent: a client keeps its own */
            put(g, "%s", PICK(g, agents));
            break;
        case 'M': /* the message itself */
            g->words = mix(g->seed ^ mix(g->template));
            expand(g, shapes[fixed(g, COUNT(shapes))]);
            break;
        default: /* %% */
            put(g, "%c", *p);
        }
    }
}

/* ---- Kinds --------------------------------------------------------------- */

static void syslog_line(struct gen *g)
{
    expand(g, "%S %h ");
    if (chance(g, 12))
        put(g, "kernel: [%" PRIu64 ".%06" PRIu64 "] ", g->now / 1000 % 10000000,
            g->now * 977 % 1000000);
    else
        expand(g, "%D: ");
    if (g->burst > 2 && chance(g, 8))
        expand(g, "last message repeated %d times");
    else
        expand(g, "%M");
}

static void access_line(struct gen *g)
{
    expand(g, "%i - ");
    expand(g, chance(g, 6) ? "%u" : "-");
    expand(g, " [%A] \"%m %p HTTP/1.1\" %s %n ");
    expand(g, chance(g, 3) ? "\"http://shop.example.org%p\"" : "\"-\"");
    expand(g, " \"%a\"");
}

/* What a template that fails leaves behind: nearly the same each time. */
static void stack_trace(struct gen *g)
{
    g->words = mix(g->template + 7);
    put(g, "%sjava.lang.IllegalStateException: ", g->eol);
    expand(g, "%q");
    for (uint64_t depth = 3 + skewed(g, 10); depth > 0; depth--) {
        put(g, "%s\tat org.example.%s", g->eol, FIXED(g, packages));
        const char *const name = FIXED(g, classes);
        put(g, ".%s.%s", name, FIXED(g, verbs));
        put(g, "(%s.java:%" PRIu64 ")", name, 20 + fixed(g, 700));
    }
}

static void app_line(struct gen *g)
{
    const char *const level = PICK(g, levels);
    expand(g, "%J ");
    put(g, "%-5s [worker-%" PRIu64 "] ", level, 1 + skewed(g, 16));
    g->words = mix(g->template + 1);
    expand(g, "%c - %M");
    if (level[0] == 'E' && chance(g, 2))
        stack_trace(g);
}

static void json_line(struct gen *g)
{
    static const char *const names[] = {"trace", "debug", "warn", "info"};
    const char *const level = names[3 - skewed(g, COUNT(names))];
    expand(g, "{\"ts\":\"%T\",\"level\":");
    put(g, "\"%s\"", level);
    expand(g, ",\"host\":\"%h\",\"request\":\"%U\",\"msg\":\"%M\",\"ms\":%n");
    if (chance(g, 3))
        expand(g,
               ",\"user\":{\"name\":\"%u\",\"ip\":\"%i\",\"roles\":[%d,%d]}");
    put(g, ",\"ok\":%s}", chance(g, 9) ? "false" : "true");
}

static void kv_line(struct gen *g)
{
    expand(g, "time=%T host=%h method=%m path=\"%p\" status=%s ");
    const uint64_t us = skewed(g, 1000 * g->scale);
    put(g, "dur=%" PRIu64 ".%03" PRIu64 "ms ", us / 1000, us % 1000);
    expand(g, "id=%x bytes=%n user=%u msg=\"%M\"");
}

static void sensor_line(struct gen *g)
{
    static const int step[] = {9, 21, 5, 3};
    const unsigned n = g->next_sensor;
    int *const value = g->sensor[n];
    g->next_sensor = (n + 1) % SENSORS;
    if (g->burst == 0) /* in a burst the sensor is stuck */
        for (unsigned i = 0; i < COUNT(step); i++)
            value[i] += (int)uniform(g, (uint64_t)(2 * step[i] + 1)) - step[i];
    /* A day's wave: up to noon, down to midnight, in 1/100 degree. */
    const int minute = (int)(g->now / 60000 % 1440);
    const int wave = minute < 720 ? minute : 1440 - minute;
    const int t = 800 + wave + value[0];
    put(g, "%" PRIu64 ".%03" PRIu64 ",s%02u,", g->now / 1000, g->now % 1000, n);
    put(g, "%s%d.%02d,", t < 0 ? "-" : "", abs(t) / 100, abs(t) % 100);
    put(g, "%d.%d,", abs(450 + value[1]) / 10, abs(450 + value[1]) % 10);
    put(g, "%d,%d,", 101300 + value[2], 3700 + value[3]);
    put(g, "%s", chance(g, 40) ? "LOW" : "OK");
}

static const struct {
    const char *name;
    const char *header; /* first line, or NULL */
    void (*line)(struct gen *g);
} kinds[] = {{"syslog", NULL, syslog_line},
             {"access", NULL, access_line},
             {"app", NULL, app_line},
             {"json", NULL, json_line},
             {"kv", NULL, kv_line},
             {"sensor",
              "time,sensor,temperature,humidity,pressure,battery_mv,"
              "status",
              sensor_line}};

/* What moves between one line and the next. */
static void advance(struct gen *g)
{
    if (g->burst > 0) {
        g->burst--;
        g->now += uniform(g, 3);
        return;
    }
    g->now += chance(g, 60) ? skewed(g, 100 * g->pace) : skewed(g, g->pace);
    if (chance(g, 300))
        g->pace = 20 + uniform(g, 2 * g->pace + 20) % 5000;
    if (chance(g, 200))
        g->scale = 50 + uniform(g, 2 * g->scale) % 100000;
    if (chance(g, 4 * g->templates))
        g->templates++;
    if (g->hosts < COUNT(host_names) && chance(g, 1500))
        g->hosts++;
    /* Mostly the old messages, some of the time the newest ones. */
    g->template = chance(g, 8) ? g->templates - 1 - skewed(g, 8)
                               : skewed(g, g->templates);
    if (chance(g, 400))
        g->burst = 2 + skewed(g, 40);
}

/* Writes the line, or what there is room for, with its end. */
static int write_line(struct gen *g)
{
    const size_t eol_len = strlen(g->eol);
    if (g->len + eol_len > g->left)
        g->len = g->left > eol_len ? (size_t)g->left - eol_len : 0;
    put(g, "%s", g->eol);
    if (g->len > g->left) /* less room than the line end takes */
        g->len = (size_t)g->left;
    g->left -= g->len;
    return fwrite(g->line, 1, g->len, stdout) == g->len ? 0 : -1;
}

/* Writes exactly size bytes of a kind. */
static int generate(size_t kind, uint64_t size, uint64_t seed, const char *eol)
{
    static struct gen g;
    memset(&g, 0, sizeof(g));
    g.seed = mix(seed * COUNT(kinds) + kind + 1);
    g.rng = g.seed;
    g.left = size;
    g.eol = eol;
    g.now =
        1767225600000U + uniform(&g, 300 * (uint64_t)86400000); /* in 2026 */
    g.pace = 200;
    g.scale = 2000;
    g.counter = uniform(&g, 100000);
    g.templates = 16;
    g.hosts = 4;
    for (size_t i = 0; i < RECENT_IDS; i++)
        g.ids[i] = bits(&g);
    if (kinds[kind].header != NULL && g.left > 0) {
        put(&g, "%s", kinds[kind].header);
        if (write_line(&g) != 0)
            return -1;
    }
    while (g.left > 0) {
        g.len = 0;
        advance(&g);
        kinds[kind].line(&g);
        if (write_line(&g) != 0)
            return -1;
    }
    return 0;
}

/* A number with an optional K, M or G; 0 if it is none. */
static int parse(const char *text, uint64_t *value)
{
    char *end;
    *value = strtoull(text, &end, 10);
    if (end == text || *text == '-')
        return 0;
    switch (*end) {
    case 'K':
        *value <<= 10;
        end++;
        break;
    case 'M':
        *value <<= 20;
        end++;
        break;
    case 'G':
        *value <<= 30;
        end++;
        break;
    default:
        break;
    }
    return *end == '\0';
}

static int usage(void)
{
    fputs("usage: loggen KIND SIZE[K|M|G] SEED [crlf] > file\nkinds: ", stderr);
    for (size_t i = 0; i < COUNT(kinds); i++)
        fprintf(stderr, "%s ", kinds[i].name);
    fputs("mixed\n", stderr);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    uint64_t size, seed;
    if (argc < 4 || argc > 5 || !parse(argv[2], &size) ||
        !parse(argv[3], &seed) || (argc == 5 && strcmp(argv[4], "crlf") != 0))
        return usage();
    const char *const eol = argc == 5 ? "\r\n" : "\n";
    const int mixed = strcmp(argv[1], "mixed") == 0;
    int known = mixed;
    int failed = 0;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!mixed && strcmp(argv[1], kinds[i].name) != 0)
            continue;
        /* Shares of a mixed log that add up to its size. */
        const uint64_t share =
            size * (i + 1) / COUNT(kinds) - size * i / COUNT(kinds);
        known = 1;
        failed |= generate(i, mixed ? share : size, seed, eol);
    }
    if (!known)
        return usage();
    if (failed || fflush(stdout) != 0) {
        perror("loggen");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

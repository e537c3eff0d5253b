/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file pty.c
 * \brief Runs a command on a terminal of its own, for the tests.
 *
 * pty TEXT COMMAND...: the command's three standard files are the terminal,
 * where TEXT is typed. What it prints goes to stdout; its exit status is ours.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_on(int terminal, char **command)
{
    (void)setsid();
    (void)ioctl(terminal, TIOCSCTTY, 0);
    for (int fd = 0; fd <= 2; fd++)
        if (dup2(terminal, fd) < 0)
            _exit(126);
    if (terminal > 2)
        (void)close(terminal);
    (void)execvp(command[0], command);
    _exit(127);
}

int main(int argc, char **argv)
{
    char buffer[4096];
    const char *name;
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (argc < 3 || master < 0 || grantpt(master) != 0 ||
        unlockpt(master) != 0 || !(name = ptsname(master)))
        return 77;
    const int terminal = open(name, O_RDWR | O_NOCTTY);
    const pid_t child = terminal < 0 ? -1 : fork();
    if (child == 0) {
        (void)close(master);
        run_on(terminal, argv + 2);
    }
    if (child < 0 || write(master, argv[1], strlen(argv[1])) < 0)
        return 126;
    (void)close(terminal);
    ssize_t got; /* reading fails once the command has closed the terminal */
    while ((got = read(master, buffer, sizeof(buffer))) > 0)
        (void)fwrite(buffer, 1, (size_t)got, stdout);
    int status;
    if (waitpid(child, &status, 0) != child)
        return 126;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

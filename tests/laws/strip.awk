# SPDX-License-Identifier: BSD-3-Clause
# Prints C source as FILE:LINE:CODE without comments and without what stands
# in strings and character constants.
FNR == 1 {
    comment = 0
}
{
    code = ""
    n = length($0)
    for (i = 1; i <= n; i++) {
        c = substr($0, i, 1)
        two = substr($0, i, 2)
        if (comment) {
            if (two == "*/") {
                comment = 0
                i++
            }
        } else if (two == "/*") {
            comment = 1
            code = code " "
            i++
        } else if (two == "//") {
            break
        } else if (c == "\"" || c == "'") {
            for (i++; i <= n && substr($0, i, 1) != c; i++)
                if (substr($0, i, 1) == "\\")
                    i++
            code = code c c
        } else {
            code = code c
        }
    }
    print FILENAME ":" FNR ":" code
}

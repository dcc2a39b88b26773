undertone --help | sed -n "/^exit/,\$p"; undertone -h | cmp - <(undertone help) && undertone help score | cmp - <(undertone score -h) && echo same

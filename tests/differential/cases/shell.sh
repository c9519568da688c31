# The shell's language: control flow, expansion, functions, traps, here-documents.
if true; then echo yes; else echo no; fi; if false; then echo yes; elif true; then echo elif; fi

for i in 1 2 3; do echo $i; done; for i; do echo $i; done

i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i

for i in 1 2 3 4 5; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done

for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done

case hello in h*) echo h;; *) echo other;; esac; case x in a|x) echo ax;; esac; case "" in "") echo empty;; esac

case abc in a?c) echo q;; esac; case 7 in [0-9]) echo digit;; esac; case x in [!a-m]) echo n;; esac

f() { echo "f $1 $#"; return 3; }; f a b; echo $?

f() { local x=2; echo $x; }; x=1; f; echo $x

fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }; fact 6

set -- a b c; echo $# $1 $3 "$*"; shift; echo $1; shift 2; echo $#

set -- 'a b' c; for x in "$@"; do echo "<$x>"; done; for x in $*; do echo "($x)"; done

x=hello; echo ${x} ${#x} ${x#he} ${x%lo} ${x:-d} ${y:-d} ${y:=e} $y ${x:+alt}

p=/a/b/c.tar.gz; echo ${p##*/} ${p%/*} ${p%%.*} ${p#*.}; echo ${p/b/X} ${p:3:2}

unset x; echo "${x-unset}"; x=; echo "${x-unset}" "${x:-null}"; (: ${x:?message}) 2>&1; echo $?

echo $((1+2*3)) $(((1+2)*3)) $((7/2)) $((7%3)) $((1<<10)) $((0x1f)) $((5>3)) $((1?2:3)) $((~0))

i=5; echo $((i++)) $i $((++i)) $((i+=10)); echo $((i==17 && 1))

echo $((1/0)); echo not reached

echo "$(echo nested "$(echo inner)")" `echo back`; x=$(printf 'a\n\n'); echo "[$x]"

echo 'single $x' "double $HOME" \$escaped; echo "a\"b" 'it'\''s'

a=1 b=2; echo $a$b; a=3 sh -c 'echo $a'; echo $a; export a; sh -c 'echo $a'

echo {a,b}c ~ | sed "s#$HOME#HOME#"; echo *.none; echo "*"

true && echo and; false || echo or; ! true; echo $?; ! false; echo $?; true; false; echo $?

(exit 7); echo $?; (cd /; pwd); x=1; (x=2; echo $x); echo $x

{ echo a; echo b; } | tr a-z A-Z; { echo err >&2; } 2>&1 | cat

cat <<X
here $HOME $(echo sub) \$no
X

cat <<'X'
raw $HOME $(echo sub)
X

cat <<-X
	tabs
	gone
X

cat <<A; cat <<B
first
A
second
B

while read line; do echo "got $line"; done <<X
l1
l2
X

x=$(cat <<X
in substitution
X
); echo "$x"

read a b <<X
one two three
X
echo "$a|$b"

IFS=: read a b c <<X
x:y:z:w
X
echo "$a $b $c"

printf 'a\\b\n' | { read x; echo "$x"; }; printf 'a\\b\n' | { read -r x; echo "$x"; }

echo x | { read -t 5 a; echo "$a $?"; }; read -t 0 b < /dev/null; echo $?; read c < /dev/null; echo $?

IFS=,; set -- $(echo a,b,c); echo $2; unset IFS; x='a  b'; echo $x; echo "$x"

eval 'x=5; echo $x'; y='echo evaluated'; eval $y; eval "z=\$x"; echo $z

. ./nothere; echo not reached

echo 'v=sourced; echo in $1' > s; . ./s arg; echo $v

exec 3>&1; echo to3 >&3; echo err 2>&1 >/dev/null; ls nothere 2>/dev/null; echo $?

echo out; echo err >&2; exit 5

sh -c 'exit 42'; echo $?; sh -c 'exit 256'; echo $?; sh -c 'exit -1'; echo $?

sh -c 'echo $0 $1 $#' name a b; sh -c 'echo "$@"' x 1 2 3; echo 'echo stdin script $1' | sh -s arg

nosuchcommand; echo $?; ./nosuch; echo $?; /; echo $?; /etc/passwd; echo $?

sh -e -c 'echo a; false; echo b'; echo $?; sh -u -c 'echo $undefined; echo b'; echo $?; sh -x -c 'echo x'; sh -n -c 'echo no'

set -e; false || true; echo still; (false); echo never

set -f; echo *; set +f; touch x; echo *; set -o | grep -c errexit

trap 'echo bye' EXIT; echo hi

trap 'echo caught' USR1; kill -USR1 $$; echo after

trap 'echo int; exit 9' INT; kill -INT $$; echo not reached

trap '' TERM; kill -TERM $$; echo survived; trap - TERM; trap

trap 'echo a' USR1 USR2; trap; kill -USR2 $$; kill -USR1 $$

(trap 'echo sub' EXIT; exit 3); echo $?; sh -c 'trap "echo $?" EXIT; exit 4'; echo $?

trap 'echo exit $?' EXIT; exit 6

f() { trap 'echo in f' EXIT; }; f; echo end

type cd; type ls | sed 's# is.*##'; command -v cat; which sh; type nosuch; echo $?

alias ll='echo aliased'; eval ll; unalias ll; alias; hash 2>/dev/null; echo $?

getopts ab: o -a -b val; echo $o; set -- -x -y arg rest; while getopts xy: o; do echo "$o $OPTARG"; done; shift $((OPTIND-1)); echo $1

test 1 -lt 2 && echo lt; [ a = a ] && echo eq; [ -z "" ] && echo z; [ -n x -a 1 = 1 ] && echo and; [ ! -e x ] && echo not

[[ abc == a* ]] && echo match; [ 1 -eq x ]; echo $?; test; echo $?

readonly r=1; (r=2) 2>&1; echo $?; unset nothing; echo $?; export -p | grep -c PATH

printf '#!/bin/sh\necho script $0 $*\n' > s; chmod +x s; ./s a b; PATH=.:$PATH; s c | sed 's#/.*/##'

printf '#!/bin/cat\nI am data\n' > s; chmod +x s; ./s

printf '#!/bin/echo -n x\n' > s; chmod +x s; ./s y

printf '#!/nonexistent\n' > s; chmod +x s; ./s; echo $?; printf '#!\n' > t; chmod +x t; ./t; echo $?

printf 'echo no shebang\n' > s; chmod +x s; ./s; : > e; chmod +x e; ./e; echo $?

printf '#!./b\n' > a; printf '#!./a\n' > b; chmod +x a b; ./a; echo $?

printf 'notelf' > x; chmod +x x; busybox env ./x; echo $?; printf '\177ELFbroken' > y; chmod +x y; busybox env ./y; echo $?

env -i A=1 B=2 env | sort; env X=1 sh -c 'echo $X'; env -u HOME sh -c 'echo ${HOME-unset}'; printenv nothere; echo $?

x=abc; case $x in (abc) echo paren;; esac; while :; do break; done; echo $?

echo a | (read x; echo $x); echo b | while read x; do y=$x; done; echo "[$y]"

n=0; for f in $(seq 200); do n=$((n+f)); done; echo $n; echo $(seq 100) | wc -w

x=$(sh -c 'echo a; exit 3'); echo $? $x; local y 2>/dev/null; echo $?

time -p true 2>&1 | cut -d' ' -f1; times | wc -l; echo $PPID | grep -c '[0-9]'; echo $- | grep -c .

echo ${x:-$(echo default)}; echo "${PATH:+set}"; a='x y'; echo ${#a} "${a#* }"; set -- "$a"; echo $#

exec echo replaced; echo never

exec nosuchprogram; echo never

yes | sh -c 'read a; echo $a'; sh -c 'while read x; do echo $x; done' < /etc/hostname

exec 2>/dev/null; watch -n 1 true >/dev/null </dev/null & sleep 0.2; kill $!; wait $!; echo $?

# Processes, pipes, job control and signals. What must happen first is waited for (a FIFO, a look at
# /proc), never slept for: a loaded machine runs these in any order that the kernel allows.
echo a | cat; echo a | cat | cat | cat | wc -c; true | false; echo $?; false | true; echo $?

sleep 0.1 & wait; echo $?; (exit 5) & wait $!; echo $?

exec 2>/dev/null; sleep 5 & kill $!; wait $!; echo $?

exec 2>/dev/null; sleep 5 & kill -9 $!; wait $!; echo $?; kill -0 $!; echo $?

exec 2>/dev/null; mkfifo f; (echo >f; exec sleep 9) & p=$!; read x <f; kill -STOP $p; kill -CONT $p; kill -INT $p; kill -HUP $p; wait $p; echo $?

for s in HUP QUIT ILL ABRT FPE SEGV PIPE ALRM TERM USR1 USR2 BUS SYS TRAP XCPU; do sh -c "kill -$s \$\$"; echo $s $?; done 2>/dev/null

for s in URG CHLD CONT WINCH; do sh -c "kill -$s \$\$; echo alive"; done

sh -c 'kill -SEGV $$'; echo $?

kill -l 9; kill -l TERM; kill -l | head -3; kill -l 137

kill 999999; echo $?; kill -0 $$; echo $?; kill -NOSUCH $$; echo $?; kill -9 -- -999999; echo $?

mkfifo p; (read x <p; echo late) & echo early; echo >p; wait

mkfifo p; sh -c 'echo child; echo >p; sleep 0.1' & read x <p; echo parent; wait; echo done

exec 2>/dev/null; mkfifo p; sh -c 'trap "echo term; exit 3" TERM; echo >p; while :; do sleep 0.05; done' & read x <p; kill $!; wait $!; echo $?

exec 2>/dev/null; mkfifo p; sh -c 'trap "" INT TERM; echo >p; read x <p; echo ignored' & read x <p; kill -INT $!; kill -TERM $!; echo >p; wait $!; echo $?

timeout 1 sleep 19; echo $?; timeout 19 true; echo $?; timeout -s KILL 1 sleep 19; echo $?; timeout 19 sh -c 'exit 3'; echo $?

exec 2>/dev/null; yes | head -1; yes > /dev/null & kill $!; wait $!; echo $?

sh -c 'yes; echo $? >&2' 2>&1 | head -1; cat /dev/zero | head -c 10 | wc -c

mkfifo p; echo through > p & cat p; wait

mkfifo p; cat p & echo one > p; wait; (echo two; echo three) > p & cat < p; wait

mkfifo p; (sleep 0.1; echo x > p) & read y < p; echo $y; wait

mkfifo p; sh -c 'exec 3<>p; echo self >&3; read x <&3; echo $x'

mkfifo p; timeout 1 sh -c 'cat < p'; echo $?; rm p

seq 100000 | (read x; sleep 0.1; cat | wc -l); echo $?

(echo a; sleep 0.1; echo b) | while read x; do echo "got $x"; done

echo $(for i in 1 2 3; do (sleep 0.$((4 - i)); echo $i) & done; wait) | tr ' ' '\n' | sort

i=0; while [ $i -lt 50 ]; do (exit $i) & wait $!; [ $? = $i ] || echo bad $i; i=$((i+1)); done; echo ok

for i in 1 2 3 4 5 6 7 8; do (echo $i) & done | sort; wait

sh -c 'sleep 0.2 & echo parent gone'; sleep 0.4; echo done

mkfifo p; (sh -c 'sh -c "sleep 0.1; echo orphan >p" &'); cat p; echo end

sleep 9 & until pidof sleep >/dev/null; do :; done; ps -o pid,args | grep -c '[s]leep 9'; kill $!

sleep 9 & until pidof sleep >/dev/null; do :; done; pidof sleep | grep -c $!; kill $!; pidof nosuchprogram; echo $?

exec 2>/dev/null; sleep 9 & until pidof sleep >/dev/null; do :; done; killall sleep; wait $!; echo $?; killall nosuchprogram; echo $?

exec 2>/dev/null; sleep 9 & until pidof sleep >/dev/null; do :; done; pgrep sleep 2>/dev/null | grep -c .; p=$!; kill $p; wait $p; echo $?

nice; nice -n 5 nice; nice -n 30 nice; nice -n 5 sh -c 'nice -n 3 nice'

sleep 9 & renice -n 7 -p $! ; ps -o pid,nice 2>/dev/null | grep -c " 7$"; cut -d' ' -f19 /proc/$!/stat; kill $!

setsid sh -c 'list=$(ps -o pid,sid 2>/dev/null); echo "$list" | grep -c " $$\$"'; setsid true; echo $?

nohup sh -c 'echo hup' 2>/dev/null; echo $?; ls

sh -c 'exec sh -c "echo execed; exit 4"'; echo $?; sh -c 'exec 2>&1; exec nosuch'; echo $?

exec 2>/dev/null; sh -m -c 'sleep 1 & fg' 2>&1; echo $?; sh -m -c 'sleep 9 & jobs; kill %1; wait; echo $?'

exec 2>/dev/null; sh -m -c 'sleep 1 & kill -STOP %1; until grep -q "^State:.T" /proc/$!/status; do :; done; jobs; kill -CONT %1; wait; echo done'

exec 2>/dev/null; sh -m -c 'set -m; (sleep 2; echo no) & kill -- -$!; wait $!; echo $?'

exec 2>/dev/null; sleep 9 & sleep 9 & jobs -p | wc -l; jobs | wc -l; kill %1 %2; wait; echo $?

wait 99999; echo $?; wait; echo $?

exec 2>/dev/null; trap 'echo usr1' USR1; sh -c 'kill -USR1 $PPID' & wait; wait; echo end

trap 'echo chld' CHLD; (exit 3); true; echo end

exec 2>/dev/null; trap 'echo alarm' ALRM; (until grep -q '^State:.S' /proc/$$/status; do :; done; kill -ALRM $$; exec sleep 9) & wait; echo $? ; echo after

sh -c 'trap "echo got; exit 1" USR1; kill -USR1 $$; echo no'; echo $?

usleep 1000; echo $?; sleep 0; echo $?; sleep -1; echo $?; sleep 0.01 0.01; echo $?; sleep 1x; echo $?

start-stop-daemon -S -b -x /bin/sleep -- 9; until pidof sleep >/dev/null; do :; done; pidof sleep | wc -w; killall sleep

{ time sleep 0.1; } 2>&1 | cut -c1-4; time -f '%C %x' true; echo $?

taskset -p 1 $$ 2>/dev/null | sed 's/[0-9]*.s/PID/'; taskset 1 echo pinned; echo $?

ulimit -t 1; while :; do :; done; echo never

sh -c 'ulimit -t 1; while :; do :; done'; echo $?

sh -c 'ulimit -f 1; head -c 5000 /dev/zero > f'; echo $?; wc -c < f

sh -c 'ulimit -n 4; exec 3</dev/null; exec 4</dev/null; echo $?'; echo $?

ulimit -s; sh -c 'ulimit -v 20000; echo ok'; ulimit -H -c; ulimit -c 0; ulimit -c

f() { f; }; sh -c 'ulimit -s 256; f() { f; }; f' >/dev/null 2>&1; echo $?

x=$(head -c 200000 /dev/zero | tr '\0' a); echo ${#x}; env X="$x" true; echo $?

x=$(head -c 100000 /dev/zero | tr '\0' a); env X="$x" sh -c 'echo ${#X}'; sh -c 'echo ${#1}' _ "$x"

echo | sh -c 'cat; echo $?'; cat < /dev/null | cat; echo x | sh -c 'exec <&-; cat'; echo $?

echo x >&-; echo $?; sh -c 'echo y' >&-; echo $?; cat <&-; echo $?

(echo to stderr >&2) 2>&1 | sed 's/^/piped: /'; sh -c 'echo out; echo err >&2' 2>/dev/null; sh -c 'echo out; echo err >&2' >/dev/null

exec 5>f; sh -c 'echo inherited >&5'; exec 5>&-; sh -c 'echo x >&5' 2>/dev/null; echo $?; cat f

flock f echo locked; echo $?; (flock -n 9; echo $?; flock -n f true; echo $?) 9>f

mkfifo p; (flock 9; echo >p; sleep 0.1; echo first) 9>l & read x <p; (flock 9; echo second) 9>l; wait

exec 2>/dev/null; tail -f nothere; echo $?; touch f; tail -f f & kill $!; wait $!; echo $?

touch f; mkfifo p; tail -f f >p & exec 3<p; echo line >> f; head -1 <&3; kill $!

script -q -c 'echo in a pty' /dev/null 2>/dev/null; echo $?; cttyhack true 2>/dev/null; echo $?

exec 2>/dev/null; nc -l -p 1 </dev/null & sleep 0.1; kill $! 2>/dev/null; wait $! ; echo done

unshare true 2>/dev/null; nsenter -t 1 true 2>/dev/null; chrt -p $$ >/dev/null 2>&1; ionice 2>/dev/null; echo survived

# Core files. Their sizes are each kernel's own.
ulimit -c unlimited; for s in SEGV QUIT ABRT TERM; do sh -c "kill -$s \$\$"; echo $?; ls; rm -f core; done 2>&1

exec 2>/dev/null; ulimit -c unlimited; umask 0; sh -c 'kill -SEGV $$'; stat -c '%A %h %U' core; od -An -c -N 18 core

exec 2>/dev/null; for l in 0 1 7 8; do ulimit -c $l; sh -c 'kill -SEGV $$'; echo $?; test -f core && echo core; rm -f core; done

exec 2>/dev/null; ulimit -c unlimited; ln -s there core; sh -c 'kill -SEGV $$'; ls; rm core; echo old >a; ln a core; sh -c 'kill -SEGV $$'; cat a; head -c 4 core | od -An -c; rm core; mkdir core; sh -c 'kill -SEGV $$'; ls core; echo $?

exec 2>/dev/null; ulimit -c unlimited; echo something that is longer >core; sh -c 'kill -SEGV $$'; head -c 4 core | od -An -c; chmod 0 .; ls -l core | cut -c1-10

cd /proc/sys/kernel; cat core_pattern core_uses_pid; echo c.%e.%s.%u.%g.%%.%q.%h%% >core_pattern; cat core_pattern; cd - >/dev/null; ulimit -c unlimited; sh -c 'kill -SEGV $$' 2>/dev/null; ls; mkdir -p a; echo a/%s >/proc/sys/kernel/core_pattern; sh -c 'kill -QUIT $$' 2>/dev/null; ls a; echo core >/proc/sys/kernel/core_pattern

cd /proc/sys/kernel; echo 1 >core_uses_pid; cat core_uses_pid; cd - >/dev/null; ulimit -c unlimited; sh -c 'echo $$; kill -SEGV $$' 2>/dev/null >pid; ls core.$(cat pid) | tr -d 0-9; echo p%p >/proc/sys/kernel/core_pattern; sh -c 'echo $$; kill -SEGV $$' 2>/dev/null >pid; ls p$(cat pid) | tr -d 0-9; echo core >/proc/sys/kernel/core_pattern; echo 0 >/proc/sys/kernel/core_uses_pid

ulimit -c; ulimit -Hc; grep core /proc/self/limits

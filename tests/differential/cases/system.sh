# What the system tells about itself: /proc, /dev, mounts, time.
cat /proc/self/comm; cat /proc/self/cmdline | tr '\0' ' '; readlink /proc/self/exe; ls -d /proc/self/cwd

readlink /proc/self/cwd | sed "s#$PWD#HERE#"; readlink /proc/$$/exe; readlink /proc/self | grep -c '^[0-9]*$'

exec 3</etc/passwd; readlink /proc/$$/fd/3; ls /proc/self/fd | head -3; cat /proc/self/fd/0 < /etc/hostname

grep -E '^(Name|State|Tgid|PPid|Uid|Gid|Threads):' /proc/self/status | sed 's/\(Tgid\|PPid\):.*/\1/'

cut -d' ' -f2,3 /proc/self/stat; wc -w < /proc/self/stat; wc -w < /proc/self/statm

tr '\0' '\n' < /proc/self/environ | grep -c PATH; A=1 B=2 sh -c 'tr "\0" "\n" < /proc/self/environ' | grep -E '^[AB]='

grep -c . /proc/cpuinfo >/dev/null && echo ok; grep -c MemTotal /proc/meminfo; grep -E '^(MemFree|Buffers|Cached|SwapTotal):' /proc/meminfo | cut -d: -f1

awk '{print NF}' /proc/uptime; awk '{print NF}' /proc/loadavg; head -1 /proc/stat | awk '{print $1}'; cut -d' ' -f1 /proc/version

grep -c rw /proc/mounts >/dev/null && echo mounts; grep ' /proc ' /proc/mounts; mount | grep -c ' /proc '

cat /proc/filesystems | grep -E 'tmpfs|proc$' | sort; cat /proc/sys/kernel/ostype; cat /proc/sys/kernel/hostname

ls /proc/self/task | wc -l; ls -l /proc/self/exe | awk '{print $1}'; cat /proc/nosuch; echo $?; ls /proc/999999; echo $?

echo x > /proc/self/stat; echo $?; echo 1 > /proc/cpuinfo; echo $?; rm /proc/cpuinfo; echo $?; mkdir /proc/x; echo $?

grep -c '\[stack\]' /proc/self/maps; grep -c '\[heap\]' /proc/$$/maps; awk '{print $2}' /proc/self/maps | head -1

ls -l /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty | awk '{print $1, $5, $6, $NF}'

stat -c '%t:%T %F' /dev/console /dev/kmsg /dev/ptmx; readlink /dev/fd /dev/stdin; ls -ld /dev/pts | cut -c1-10

echo via stdout > /dev/stdout; echo via stderr > /dev/stderr; echo in | cat /dev/stdin; echo fd | cat /dev/fd/0

cat /dev/tty; echo $?; cat /dev/nosuch; echo $?; echo > /dev/null/x; echo $?

free | head -1; free | wc -l; free -m | awk '/Mem/ {print NF}'; uptime | grep -c load; df / | tail -1 | awk '{print $NF}'

df -k /dev | head -1; df /nosuch; echo $?; df -T /proc 2>/dev/null | tail -1 | awk '{print $2}'

mkdir m; mount -t tmpfs none m; echo in > m/f; cat m/f; df m | tail -1 | awk '{print $NF}' | sed "s#$PWD#HERE#"; umount m; ls m

mkdir m; mount -t tmpfs -o size=64k none m; head -c 100000 /dev/zero > m/f; echo $?; wc -c < m/f; umount m

mkdir m; mount -t tmpfs -o ro none m; touch m/f; echo $?; mount -o remount,rw m; touch m/f; echo $?; umount m

mkdir a b; echo x > a/f; mount --bind a b; cat b/f; rm b/f; ls a; umount b; ls b

mkdir m; mount -t tmpfs none m; mv m n; echo $?; rmdir m; echo $?; cd m; umount ../m; echo $?; cd ..; umount m; echo $?

mkdir m; mount -t nosuchfs none m; echo $?; umount m; echo $?; mount -t tmpfs none nodir; echo $?; mountpoint m 2>/dev/null; mountpoint /proc 2>/dev/null

mkdir m; mount -t proc none m; cat m/self/comm; umount m; mount -t devtmpfs none m; ls m/null; umount m

echo f > f; mkdir m; mount -t tmpfs none m; ln f m/f; echo $?; mv f m/; cat m/f; ls; umount m

ps | head -1; ps -o pid,comm | awk '$1 == 1'; ps -o pid,ppid,user,args | awk '$1 == 1 {print $2, $3}'

top -b -n 1 | head -1 | cut -d: -f1; top -b -n 1 | grep -c PID

lsof | head -1 >/dev/null; echo $?; exec 3>held; fuser held | grep -c $$; exec 3>&-; fuser held; echo $?

date +%Y | grep -c '^20'; date -s @1000000000 >/dev/null; date -u +%Y; hwclock >/dev/null 2>&1; cat /proc/sys/kernel/pid_max | grep -c .

date -s @1600000000 >/dev/null; touch f; stat -c %Y f | cut -c1-8; sleep 0.1; find . -newer f

hostname tester; hostname; uname -n; cat /proc/sys/kernel/hostname; hostname linnet; hostname | wc -c

sysctl -n kernel.ostype; sysctl kernel.nosuch; echo $?; dmesg | grep -c . >/dev/null && echo ok; dmesg -n 1; echo $?

swapon nothere; echo $?; losetup -a; lsmod >/dev/null 2>&1; blkid; findfs LABEL=x; echo $?

ifconfig -a 2>/dev/null | grep -c lo >/dev/null; ping -c 1 nosuch.invalid >/dev/null 2>&1; echo $?; ipcalc -n 10.1.2.3 255.255.0.0

stty < /dev/null; echo $?; stty size 2>&1 </dev/null | head -1; resize </dev/null >/dev/null 2>&1; reset </dev/null >/dev/null 2>&1; echo done

openvt true 2>/dev/null; chvt 1 2>/dev/null; fgconsole 2>/dev/null; echo done

mkswap f 2>/dev/null; fallocate -l 5000 f; stat -c %s f; fallocate -l 100 f; stat -c %s f

devmem 2>/dev/null; reboot -x 2>/dev/null; poweroff -x 2>/dev/null; echo still here

logger hello 2>/dev/null; crontab -l 2>/dev/null; last 2>/dev/null | head -0; w 2>/dev/null | head -0; hostid | wc -c; echo $?

acpid -x 2>/dev/null; mkpasswd -m sha512 -S saltsalt password; cryptpw -m md5 -S saltsalt pw 2>/dev/null; echo $?

getopt ab: -a -b x y; echo $?; tty -s; echo $?; nproc >/dev/null; echo $?; mesg 2>/dev/null; busybox | head -1 | cut -d' ' -f1

busybox --list | wc -l; busybox nosuchapplet; echo $?; /bin/busybox echo direct; ln -s /bin/busybox printf; ./printf 'named %d\n' 5

exec 2>/dev/null; httpd -p 127.0.0.1:1 -f >/dev/null 2>&1 & sleep 0.2; kill $! 2>/dev/null; wait $!; echo done

sh -c 'true & exec sleep 9' & p=$!; until grep -q '^State:.Z' /proc/[0-9]*/status 2>/dev/null; do :; done; f=$(grep -l '^State:.Z' /proc/[0-9]*/status); d=${f%/status}; cat $d/comm; cut -d' ' -f2,3 $d/stat; head -1 $f; wc -c <$d/cmdline; cat $d/statm; kill $p

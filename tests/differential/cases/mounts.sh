# Mounts, roots and what stands on top of what.
mkdir m; mount -t tmpfs a m; echo a >m/f; mount -t tmpfs b m; ls m; echo b >m/g; umount m; ls m; umount m; ls m; umount m; echo $?

mkdir m; touch m/under; mount -t tmpfs x m; ls m; touch m/over; umount m; ls m

mkdir -p a/b c; mount --bind a c; mkdir c/new; ls a; mount -t tmpfs x a/b; touch a/b/f; ls c/b; umount a/b; umount c

mkdir a b; mount --bind a b; mount -o remount,ro,bind b; touch b/f; echo $?; touch a/f; echo $?; rm b/f; echo $?; ls b; mount -o remount,rw,bind b; touch b/g; echo $?; umount b

echo one >f; echo two >g; mount --bind f g; cat g; echo three >g; cat f; rm g; echo $?; mv f h; cat g; umount g; cat g

mkdir m; mount -t tmpfs -o noexec x m; cp /bin/busybox m/echo; m/echo a; echo $?; mount -o remount,exec m; m/echo b; echo $?; umount m

mkdir m; mount -t tmpfs -o nosuid x m; cp /bin/busybox m/id; chmod 6755 m/id; chown 5:5 m/id; chmod 6755 m/id; chmod 755 . m; su user -c "$PWD/m/id -u"; mount -o remount,suid m; su user -c "$PWD/m/id -u"; umount m

mkdir m; mount -t tmpfs -o nodev x m; mknod m/null c 1 3; echo a >m/null; echo $?; cat m/null; echo $?; mount -o remount,dev m; echo b >m/null; echo $?; umount m

mkdir m; mount -t tmpfs -o size=40k x m; dd if=/dev/zero of=m/f bs=4k 2>&1 | tail -1 | cut -d' ' -f1; stat -c %s m/f; rm m/f; dd if=/dev/zero of=m/g bs=4k count=10 2>/dev/null; echo $?; : >m/h; echo $?; echo x >m/h; echo $?; umount m

mkdir m; mount -t tmpfs -o nr_inodes=5 x m; for i in 1 2 3 4 5 6; do : >m/$i; echo $?; done; rm m/1; mkdir m/d; echo $?; ln m/2 m/l; echo $?; umount m

mkdir m; mount -t tmpfs -o size=8k x m; fallocate -l 4096 m/a; echo $?; fallocate -l 8192 m/b; echo $?; truncate -s 1000000 m/c; echo $?; ls m; rm m/a m/b; dd if=/dev/zero of=m/c bs=1 count=1 seek=500000 conv=notrunc 2>/dev/null; echo $?; umount m

mkdir m; mount -t tmpfs -o uid=1000,gid=1000,mode=1770 x m; stat -c '%u %g %a' m; mount -o remount,size=3m m; stat -c '%u %g %a' m; mount -t tmpfs -o nosuchoption x m; echo $?; mount -t tmpfs -o size=junk x m; echo $?; mount -t tmpfs -o mode=9 x m; echo $?; umount m

mkdir m; mount -t proc x m; cat m/sys/kernel/ostype; ls m/self/ | grep -cx status; mount -t proc x m; umount m; umount m; echo $?; mount -t devpts x m; ls m/ptmx; umount m; echo $?

mkdir m; mount -t tmpfs x m; exec 3>m/f; umount m; echo $?; umount -l m; echo $?; ls m; echo still >&3; exec 3>&-; umount m; echo $?

mkdir m; mount -t tmpfs x m; (cd m; exec sleep 9) & until grep -q sleep /proc/$!/comm; do :; done; umount m; echo $?; kill $!; wait $! 2>/dev/null; umount m; echo $?

mkdir m; mount -t tmpfs x m; cp /bin/busybox m/sleep; m/sleep 9 & until grep -q sleep /proc/$!/comm; do :; done; umount m; echo $?; mount -o remount,ro m; echo $?; kill $!; wait $! 2>/dev/null; mount -o remount,ro m; echo $?; umount m; echo $?

mkdir m; mount -t tmpfs x m; exec 3>m/f; mount -o remount,ro m; echo $?; exec 3>&-; mount -o remount,ro m; echo $?; : >m/g; echo $?; cat m/f; echo $?; chmod 600 m/f; echo $?; touch m/f; echo $?; mkdir m/d; echo $?; ln m/f m/l; echo $?; mv m/f m/z; echo $?; truncate -s 0 m/f; echo $?; umount m

mkdir m; mount -t tmpfs x m; echo a >m/f; ln m/f g; echo $?; mv m/f g; cat g; mkdir m/d; mv m/d e; ls -d e; rename 2>/dev/null; umount m; ls

mkdir m; mount -t tmpfs x m; rmdir m; echo $?; rm -rf m; echo $?; mv m n; echo $?; mkdir -p m/a; cd m/a; umount ../../m; echo $?; cd ../..; umount m; echo $?; rmdir m; echo $?

mkdir m; su user -c 'mount -t tmpfs x m; echo $?; umount /proc; echo $?; chroot / true; echo $?' 2>&1

mount -t tmpfs x nothere; echo $?; : >f; mount -t tmpfs x f; echo $?; mount --bind nothere f; echo $?; mkdir d; mount --bind f d; echo $?; mount --bind d f; echo $?; mount -o remount,ro d; echo $?; umount nothere; echo $?; umount d; echo $?

mkdir m n; mount -t tmpfs x m; mount --move m n; ls n; grep -c "$PWD/n" /proc/mounts; umount n; echo $?; umount m; echo $?; mount --move m n; echo $?

mkdir -p r/bin r/proc r/old; cp /bin/busybox r/bin; chroot r /bin/busybox sh -c 'cd /; /bin/busybox pwd; /bin/busybox ls ..; /bin/busybox ls /..; cd ..; /bin/busybox pwd; /bin/busybox cat /proc/version; echo $?'

mkdir -p r/bin; cp /bin/busybox r/bin; ln -s /bin/busybox r/link; ln -s ../../../../bin/busybox r/up; chroot r /link echo absolute; chroot r /up echo relative; chroot r /bin/sh; echo $?; chroot r /nothere; echo $?; chroot nothere sh; echo $?

mkdir -p r/bin; cp /bin/busybox r/bin; exec 3</; chroot r /bin/busybox sh -c 'cd /proc 2>/dev/null; busybox=/bin/busybox; $busybox readlink /proc/self/root; $busybox ls -d /proc/self/fd/3 2>/dev/null; echo $?'

pivot_root . nothere; echo $?; pivot_root nothere .; echo $?; mkdir a; pivot_root a a; echo $?; switch_root / /init; echo $?; switch_root nothere x; echo $?; run-init nothere x; echo $?

losetup /dev/loop0 nothere 2>/dev/null; echo $?; swapon /dev/null; echo $?; swapoff nothere; echo $?; mount -t ext4 /dev/null m; echo $?; mount -o loop nothere m; echo $?; insmod nothere; echo $?; rmmod nothere 2>/dev/null; echo $?; freeramdisk nothere; echo $?

mountpoint / ; mkdir m; mountpoint m; mount -t tmpfs x m; mountpoint m; echo $?; stat -c %i m; [ "$(stat -c %d m)" != "$(stat -c %d .)" ] && echo other device; find . -xdev | sort; touch m/f; find . -xdev | sort; umount m

mkdir a b; mount -t tmpfs -o ro x a; mount --bind a b; touch b/f; echo $?; mount -o remount,rw a; touch b/f; echo $?; umount a; ls b; umount b

mount | awk '$3 == "/proc"{print $1, $5}'; mount | awk '$3 == "/dev/pts"{print $5}'; mount -a 2>/dev/null; echo $?; mount -f -t tmpfs x nowhere; echo $?

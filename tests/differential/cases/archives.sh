# Packing and unpacking.
echo data > f; gzip f; ls; gunzip f.gz; cat f

seq 1000 | gzip | gunzip | md5sum; seq 1000 | gzip -c | zcat | tail -1

seq 3000 | bzip2 | bunzip2 | md5sum; echo x | bzip2 > b.bz2; bzcat b.bz2; bunzip2 b.bz2; cat b

mkdir d; echo 1 > d/a; echo 2 > d/b; tar cf t.tar d; tar tf t.tar; rm -r d; tar xf t.tar; cat d/b

mkdir -p d/e; echo hi > d/e/f; ln -s e d/l; tar czf t.tgz d; rm -r d; tar xzf t.tgz; cat d/l/f; readlink d/l

mkdir d; echo x > d/f; chmod 750 d/f; tar cf - d | (mkdir out; cd out; tar xf -); stat -c %a out/d/f

tar tf nothere.tar; echo $?; echo garbage > g.tar; tar tf g.tar; echo $?

mkdir d; echo c > d/f; find d | cpio -o -H newc 2>/dev/null > a.cpio; rm -r d; cpio -id < a.cpio 2>/dev/null; cat d/f

echo abc | gzip -9 | gzip -d; echo notgz | gunzip; echo $?

printf 'hello' > a; printf 'world!' > b; ar r l.a a b 2>/dev/null; ar t l.a 2>/dev/null; echo $?

seq 500 > f; xz f 2>/dev/null || gzip f; ls; echo $?

echo hi | lzop 2>/dev/null | lzop -d 2>/dev/null; echo $?

printf '\375\067\172\130\132\000' | xzcat; echo $?

mkdir d; touch d/f; tar cf t.tar -C d f; tar tvf t.tar | awk '{print $1, $2, $3, $6}'

seq 20000 > f; gzip -k f 2>/dev/null || gzip -c f > f.gz; gzip -t f.gz; echo $?; zcat f.gz | cmp - f; echo $?

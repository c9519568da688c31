// The C core from Rust without its standard library: arguments, output, files, memory, threads, the end of the process.
#![no_std]
#![no_main]

use core::ffi::c_void;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicUsize, Ordering};

/// C's, on x86-64; the Rust of Debian 12 has no names for them without std.
type CInt = i32;
type CLong = i64;

/// Of user/abi/linnet.h.
mod linnet {
    use super::{c_void, CInt, CLong};

    #[repr(C)]
    pub struct Thread {
        pub running: CInt,
        pub mapping: *mut c_void,
        pub mapping_size: usize,
    }

    extern "C" {
        pub fn linnet_open(path: *const u8, flags: CInt, mode: CInt) -> CLong;
        pub fn linnet_close(fd: CInt) -> CLong;
        pub fn linnet_read(fd: CInt, into: *mut c_void, size: usize) -> CLong;
        pub fn linnet_write_all(fd: CInt, from: *const c_void, size: usize) -> CLong;
        pub fn linnet_allocate(size: usize, alignment: usize) -> *mut c_void;
        pub fn linnet_reallocate(block: *mut c_void, size: usize) -> *mut c_void;
        pub fn linnet_free(block: *mut c_void);
        pub fn linnet_thread_start(
            thread: *mut Thread,
            stack: usize,
            function: extern "C" fn(*mut c_void),
            argument: *mut c_void,
        ) -> CLong;
        pub fn linnet_thread_join(thread: *mut Thread);
        pub fn linnet_panic(what: *const u8, length: usize) -> !;
    }
}

struct Output;

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Safe because the text outlives the call.
        let written = unsafe { linnet::linnet_write_all(1, text.as_ptr().cast(), text.len()) };
        if written == 0 { Ok(()) } else { Err(fmt::Error) }
    }
}

/// Text for the panic; what does not fit is left out.
struct Message {
    bytes: [u8; 256],
    length: usize,
}

impl Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = &mut self.bytes[self.length..];
        let count = text.len().min(room.len());
        room[..count].copy_from_slice(&text.as_bytes()[..count]);
        self.length += count;
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    let mut message = Message { bytes: [0; 256], length: 0 };
    let _ = write!(message, "{}", info);
    // Safe because the message outlives the process.
    unsafe { linnet::linnet_panic(message.bytes.as_ptr(), message.length) }
}

/// Numbers on the heap of the C core.
struct Numbers {
    first: *mut u64,
    length: usize,
}

impl Numbers {
    fn squares(count: usize) -> Numbers {
        let size = core::mem::size_of::<u64>();
        // Safe because the block has room for one number, and after it for all.
        let first = unsafe {
            let small = linnet::linnet_allocate(size, 64);
            assert!(!small.is_null() && small as usize % 64 == 0);
            linnet::linnet_reallocate(small, size * count).cast::<u64>()
        };
        assert!(!first.is_null());
        for index in 0..count {
            unsafe { first.add(index).write((index * index) as u64) };
        }
        Numbers { first, length: count }
    }

    fn as_slice(&self) -> &[u64] {
        // Safe because squares() has filled them.
        unsafe { core::slice::from_raw_parts(self.first, self.length) }
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        unsafe { linnet::linnet_free(self.first.cast()) }
    }
}

static COUNTED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(step: *mut c_void) {
    for _ in 0..1000 {
        COUNTED.fetch_add(step as usize, Ordering::Relaxed);
    }
}

/// As many threads as there are steps.
fn count_by(steps: [usize; 3]) -> usize {
    let mut threads = steps.map(|_| linnet::Thread {
        running: 0,
        mapping: core::ptr::null_mut(),
        mapping_size: 0,
    });
    for (thread, step) in threads.iter_mut().zip(steps) {
        // Safe because the thread is joined before its structure is gone.
        let started = unsafe { linnet::linnet_thread_start(thread, 16384, count, step as *mut c_void) };
        assert_eq!(started, 0);
    }
    for thread in threads.iter_mut() {
        unsafe { linnet::linnet_thread_join(thread) }
    }
    COUNTED.load(Ordering::Relaxed)
}

/// The size of the file at `path`, which ends with a zero byte, or the negated errno.
fn size_of(path: &[u8]) -> CLong {
    let mut buffer = [0u8; 100];
    let mut size = 0;
    // Safe because the buffer is as large as is said.
    unsafe {
        let fd = linnet::linnet_open(path.as_ptr(), 0, 0) as CInt;
        if fd < 0 {
            return fd.into();
        }
        loop {
            match linnet::linnet_read(fd, buffer.as_mut_ptr().cast(), buffer.len()) {
                0 => break,
                count if count < 0 => { size = count; break }
                count => size += count,
            }
        }
        let closed = linnet::linnet_close(fd);
        assert_eq!(closed, 0);
    }
    size
}

/// A string of C with its zero byte.
unsafe fn string_at(first: *const u8) -> &'static [u8] {
    let mut length = 0;
    while *first.add(length) != 0 {
        length += 1;
    }
    core::slice::from_raw_parts(first, length + 1)
}

#[no_mangle]
pub extern "C" fn main(argc: CInt, argv: *const *const u8) -> CInt {
    let mut output = Output;
    for index in 1..argc as usize {
        // Safe because crt0 passes argc strings, which live as long as the process.
        let argument = unsafe { string_at(*argv.add(index)) };
        let name = core::str::from_utf8(&argument[..argument.len() - 1]).unwrap_or("?");
        if writeln!(output, "{}: {}", name, size_of(argument)).is_err() {
            return 1;
        }
    }
    let numbers = Numbers::squares(1000);
    let sum: u64 = numbers.as_slice().iter().sum();
    let half = f64::from(argc) / 2.0;
    let _ = writeln!(output, "sum {sum}, counted {}, {half:.2}", count_by([1, 2, 3]));
    // The index is checked, so with too many arguments this panics.
    let statuses = [7, 8, 9];
    statuses[argc as usize - 1]
}

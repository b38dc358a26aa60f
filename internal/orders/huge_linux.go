package orders

import (
	"syscall"
	"unsafe"
)

// huge asks for huge pages for s, which should be new and megabytes long. What
// is read and written all over then takes one fault and one translation for two
// megabytes instead of hundreds. It is advice: nothing depends on it.
func huge[T any](s []T) []T {
	const page = 1 << 13 // of Go's heap: a multiple of the system's own
	if size := uintptr(cap(s)) * unsafe.Sizeof(*new(T)); size >= 1<<20 {
		from := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
		skip := -from & (page - 1)
		b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), size)
		_ = syscall.Madvise(b[skip:], syscall.MADV_HUGEPAGE) // advice that is not taken changes nothing
	}
	return s
}

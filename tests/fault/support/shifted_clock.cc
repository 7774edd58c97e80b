// Preloaded into a worker, shifts what it takes for the time of day by the seconds that stand in a file, a
// binary 64-bit number, at any moment: CROSSBILL_SHIFTED_CLOCK names the file. What measures durations
// (CLOCK_MONOTONIC) stays, as when somebody sets a machine's clock. Waits until a time of day are given to
// the kernel in its own, which nobody shifts.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

// Nothing before the library was loaded, and where there is no file.
const volatile std::int64_t* shift = nullptr;

__attribute__((constructor)) void Open() {
  const char* path = std::getenv("CROSSBILL_SHIFTED_CLOCK");
  const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return;
  }
  void* mapped = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  shift = mapped == MAP_FAILED ? nullptr : static_cast<const std::int64_t*>(mapped);
}

constexpr std::int64_t kNoUptime = 1'000'000'000;  // seconds: a deadline beyond it is a time of day

std::int64_t ShiftSeconds() { return shift == nullptr ? 0 : *shift; }

timespec Unshifted(timespec deadline) {
  if (deadline.tv_sec > kNoUptime) {
    deadline.tv_sec -= ShiftSeconds();
  }
  return deadline;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto failed = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += ShiftSeconds();
  }
  return failed;
}

int gettimeofday(timeval* now, void*) noexcept {
  timespec precise{};
  const int failed = clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return failed;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* deadline) {
  using Wait = int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*);
  static const auto wait = reinterpret_cast<Wait>(dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"));
  const timespec kernels = Unshifted(*deadline);
  return wait(condition, mutex, &kernels);
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* deadline) {
  using Wait = int (*)(cnd_t*, mtx_t*, const timespec*);
  static const auto wait = reinterpret_cast<Wait>(dlsym(RTLD_NEXT, "cnd_timedwait"));
  const timespec kernels = Unshifted(*deadline);
  return wait(condition, mutex, &kernels);
}

time_t time(time_t* now) noexcept {
  timespec precise{};
  clock_gettime(CLOCK_REALTIME, &precise);
  if (now != nullptr) {
    *now = precise.tv_sec;
  }
  return precise.tv_sec;
}
}

// aictr-nvml: asks the library of the NVIDIA driver what only it knows and prints it as hooks/nvml_report.h says. A
// program of its own, since aictr is static and the library may hang on a sick GPU.
//
//   aictr-nvml PATH-OF-LIBNVIDIA-ML

#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>

namespace {

// From NVML's documented interface (docs.nvidia.com/deploy/nvml-api): only what is used here.
using Device = void*;
struct Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};
constexpr int kSuccess = 0;
constexpr int kInsufficientSize = 7;
constexpr unsigned kNameSize = 96;

void* library = nullptr;

[[noreturn]] void fail(const char* what, const char* why) {
  std::printf("%s: %s\n", what, why);
  std::exit(1);
}

// A function of the library; a null pointer when this driver lacks it.
template <class F>
F* function(const char* name) {
  return reinterpret_cast<F*>(::dlsym(library, name));
}

template <class F, class... A>
bool call(const char* name, A... arguments) {
  auto* f = function<F>(name);
  return f != nullptr && f(arguments...) == kSuccess;
}

void must(bool done, const char* what) {
  if (!done) fail(what, "the driver's library refuses");
}

unsigned compute_processes(Device device) {
  auto* f = function<int(Device, unsigned*, void*)>("nvmlDeviceGetComputeRunningProcesses_v3");
  if (f == nullptr) f = function<int(Device, unsigned*, void*)>("nvmlDeviceGetComputeRunningProcesses");
  unsigned count = 0;
  int code = f == nullptr ? kSuccess : f(device, &count, nullptr);
  // Not being told is not being free.
  return code == kSuccess || code == kInsufficientSize ? count : 1;
}

void print_instances(Device device, unsigned minor) {
  unsigned count = 0;
  if (!call<int(Device, unsigned*)>("nvmlDeviceGetMaxMigDeviceCount", device, &count)) return;
  for (unsigned i = 0; i < count; ++i) {
    Device mig = nullptr;
    if (!call<int(Device, unsigned, Device*)>("nvmlDeviceGetMigDeviceHandleByIndex", device, i, &mig)) continue;
    unsigned gpu_instance = 0;
    unsigned compute_instance = 0;
    char uuid[kNameSize] = "";
    char name[kNameSize] = "";
    bool told = call<int(Device, unsigned*)>("nvmlDeviceGetGpuInstanceId", mig, &gpu_instance) &&
                call<int(Device, unsigned*)>("nvmlDeviceGetComputeInstanceId", mig, &compute_instance) &&
                call<int(Device, char*, unsigned)>("nvmlDeviceGetUUID", mig, uuid, kNameSize);
    if (!told) continue;
    if (!call<int(Device, char*, unsigned)>("nvmlDeviceGetName", mig, name, kNameSize)) name[0] = '\0';
    std::printf("mig\t%u\t%u\t%u\t%s\t%s\n", minor, gpu_instance, compute_instance, uuid, name);
  }
}

void print_gpu(unsigned index) {
  Device device = nullptr;
  if (!call<int(unsigned, Device*)>("nvmlDeviceGetHandleByIndex_v2", index, &device)) return;
  unsigned minor = 0;
  Memory memory{};
  char uuid[kNameSize] = "";
  must(call<int(Device, unsigned*)>("nvmlDeviceGetMinorNumber", device, &minor), "ask for a device minor");
  must(call<int(Device, char*, unsigned)>("nvmlDeviceGetUUID", device, uuid, kNameSize), "ask for a UUID");
  must(call<int(Device, Memory*)>("nvmlDeviceGetMemoryInfo", device, &memory), "ask for the memory");
  std::printf("gpu\t%u\t%llu\t%u\t%s\n", minor, memory.total, compute_processes(device), uuid);
  int major = 0;
  int sub = 0;
  if (call<int(Device, int*, int*)>("nvmlDeviceGetCudaComputeCapability", device, &major, &sub)) {
    std::printf("arch\t%u\t%d.%d\n", minor, major, sub);
  }
  print_instances(device, minor);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) fail("aictr-nvml", "write aictr-nvml PATH-OF-LIBNVIDIA-ML");
  library = ::dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) fail("load the driver's library", ::dlerror());
  must(call<int()>("nvmlInit_v2"), "begin");
  int cuda = 0;
  if (call<int(int*)>("nvmlSystemGetCudaDriverVersion_v2", &cuda)) {
    std::printf("cuda\t%d.%d\n", cuda / 1000, cuda % 1000 / 10);
  }
  unsigned count = 0;
  must(call<int(unsigned*)>("nvmlDeviceGetCount_v2", &count), "count the GPUs");
  for (unsigned index = 0; index < count; ++index) print_gpu(index);
  call<int()>("nvmlShutdown");
  return 0;
}

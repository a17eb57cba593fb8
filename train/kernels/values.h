// How the kernels read and write values: float32 or bfloat16 in memory, float32 in between.
#pragma once
#include <torch/extension.h>

#include <cstring>

inline float read(const float* p) { return *p; }
inline float read(const at::BFloat16* p) {
  uint32_t bits = uint32_t(p->x) << 16;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}
inline void write(float* p, float v) { *p = v; }
inline void write(at::BFloat16* p, float v) {
  uint32_t bits;
  std::memcpy(&bits, &v, 4);
  p->x = uint16_t((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

inline torch::Tensor last(const torch::Tensor& t) { return t.contiguous(at::MemoryFormat::ChannelsLast); }

#define BY_TYPE(tensor, call)                                              \
  (tensor.scalar_type() == torch::kBFloat16 ? call<at::BFloat16> : call<float>)

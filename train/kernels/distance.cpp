// Fused CPU kernels of the perceptual loss: the weighed squared difference of two features, each of
// unit length over the channels, and its gradient. Tensors are channels-last, float32 or bfloat16;
// sums are float32, of one sample each, so results do not depend on the number of threads.
#include <cmath>
#include <vector>

#include "values.h"

namespace {

template <typename T>
float unit(const T* from, int64_t channels, float* to) {
  float total = 0;
  for (int64_t k = 0; k < channels; ++k) {
    to[k] = read(from + k);
    total += to[k] * to[k];
  }
  const float scale = 1 / (std::sqrt(total) + 1e-10f);
  for (int64_t k = 0; k < channels; ++k) to[k] *= scale;
  return scale;
}

template <typename T>
torch::Tensor distance_typed(torch::Tensor a, torch::Tensor b, torch::Tensor head) {
  const int64_t N = a.size(0), C = a.size(1), area = a.size(2) * a.size(3);
  auto out = torch::empty({N}, head.options());
  const float* h = head.data_ptr<float>();
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> u(C), v(C);
    for (int64_t n = begin; n < end; ++n) {
      double total = 0;
      for (int64_t p = n * area; p < (n + 1) * area; ++p) {
        unit(a.data_ptr<T>() + p * C, C, u.data());
        unit(b.data_ptr<T>() + p * C, C, v.data());
        float here = 0;
        for (int64_t k = 0; k < C; ++k) here += h[k] * (u[k] - v[k]) * (u[k] - v[k]);
        total += here;
      }
      out.data_ptr<float>()[n] = float(total / double(area));
    }
  });
  return out;
}

// With u = a / |a|: the slope by a is (s - (s . u) u) / |a|, s = 2 h (u - v); 0 where a is 0.
template <typename T>
torch::Tensor distance_backward_typed(torch::Tensor g, torch::Tensor a, torch::Tensor b,
                                      torch::Tensor head) {
  const int64_t N = a.size(0), C = a.size(1), area = a.size(2) * a.size(3);
  auto da = torch::empty_like(a);
  const float* h = head.data_ptr<float>();
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> u(C), v(C);
    for (int64_t n = begin; n < end; ++n) {
      const float weight = 2 * g.data_ptr<float>()[n] / float(area);
      for (int64_t p = n * area; p < (n + 1) * area; ++p) {
        const float scale = unit(a.data_ptr<T>() + p * C, C, u.data());
        unit(b.data_ptr<T>() + p * C, C, v.data());
        float dot = 0;
        for (int64_t k = 0; k < C; ++k) {
          v[k] = h[k] * (u[k] - v[k]);
          dot += v[k] * u[k];
        }
        const float by = scale < 1e9f ? weight * scale : 0.f;
        T* to = da.template data_ptr<T>() + p * C;
        for (int64_t k = 0; k < C; ++k) write(to + k, by * (v[k] - dot * u[k]));
      }
    }
  });
  return da;
}

}  // namespace

torch::Tensor distance(torch::Tensor a, torch::Tensor b, torch::Tensor head) {
  return BY_TYPE(a, distance_typed)(last(a), last(b), head.contiguous());
}

torch::Tensor distance_backward(torch::Tensor g, torch::Tensor a, torch::Tensor b,
                                torch::Tensor head) {
  return BY_TYPE(a, distance_backward_typed)(g.contiguous(), last(a), last(b), head.contiguous());
}

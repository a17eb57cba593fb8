// Fused CPU kernel of the shift-tolerant pooling: the maximum of 2 x 2 at every pixel, reflected by
// two, weighed (1 2 1) (1 2 1) / 16 at every second pixel; and its gradient, which goes to the first
// of equal maxima. Tensors are channels-last, float32 or bfloat16; sums are float32, by sample.
#include <algorithm>
#include <vector>

#include "values.h"

namespace {

constexpr float kTaps[3] = {0.25f, 0.5f, 0.25f};

int64_t reflected(int64_t at, int64_t size) {
  if (at < 0) return -at;
  return at < size ? at : 2 * (size - 1) - at;
}

int64_t pooled(int64_t side) { return side / 2 + 1; }

// Runs step(out, under, weight) for every output pixel and each of the nine maxima it weighs.
template <typename Step>
void over_taps(int64_t H, int64_t W, Step step) {
  const int64_t oh = pooled(H), ow = pooled(W);
  for (int64_t i = 0; i < oh; ++i)
    for (int64_t j = 0; j < ow; ++j)
      for (int dy = 0; dy < 3; ++dy)
        for (int dx = 0; dx < 3; ++dx)
          step(i * ow + j,
               reflected(2 * i + dy - 2, H - 1) * (W - 1) + reflected(2 * j + dx - 2, W - 1),
               kTaps[dy] * kTaps[dx]);
}

template <typename T>
torch::Tensor pool_typed(torch::Tensor x) {
  const int64_t N = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3);
  const int64_t area = pooled(H) * pooled(W);
  auto out = torch::empty({N, C, pooled(H), pooled(W)}, x.options(), at::MemoryFormat::ChannelsLast);
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> most((H - 1) * (W - 1) * C), sums(area * C);
    for (int64_t n = begin; n < end; ++n) {
      const T* from = x.data_ptr<T>() + n * H * W * C;
      for (int64_t y = 0; y < H - 1; ++y)
        for (int64_t k = 0; k < (W - 1) * C; ++k) {
          const T *a = from + y * W * C + k, *b = a + W * C;
          most[y * (W - 1) * C + k] =
              std::max(std::max(read(a), read(a + C)), std::max(read(b), read(b + C)));
        }
      std::fill(sums.begin(), sums.end(), 0.f);
      over_taps(H, W, [&](int64_t to, int64_t under, float weight) {
        float* sum = sums.data() + to * C;
        const float* value = most.data() + under * C;
        for (int64_t k = 0; k < C; ++k) sum[k] += weight * value[k];
      });
      T* to = out.template data_ptr<T>() + n * area * C;
      for (int64_t k = 0; k < area * C; ++k) write(to + k, sums[k]);
    }
  });
  return out;
}

template <typename T>
torch::Tensor pool_backward_typed(torch::Tensor g, torch::Tensor x) {
  const int64_t N = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3);
  const int64_t area = pooled(H) * pooled(W);
  auto dx = torch::empty_like(x);
  at::parallel_for(0, N, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> most((H - 1) * (W - 1) * C), sums(H * W * C);
    for (int64_t n = begin; n < end; ++n) {
      const T* from = x.data_ptr<T>() + n * H * W * C;
      const T* slope = g.data_ptr<T>() + n * area * C;
      std::fill(most.begin(), most.end(), 0.f);
      std::fill(sums.begin(), sums.end(), 0.f);
      over_taps(H, W, [&](int64_t at, int64_t under, float weight) {
        float* sum = most.data() + under * C;
        const T* value = slope + at * C;
        for (int64_t k = 0; k < C; ++k) sum[k] += weight * read(value + k);
      });
      for (int64_t y = 0; y < H - 1; ++y)
        for (int64_t x0 = 0; x0 < W - 1; ++x0) {
          const int64_t here = (y * W + x0) * C, below = here + W * C;
          const float* s = most.data() + (y * (W - 1) + x0) * C;
          for (int64_t k = 0; k < C; ++k) {
            const float a = read(from + here + k), b = read(from + here + C + k);
            const float c = read(from + below + k), d = read(from + below + C + k);
            const float top = std::max(a, b), m = std::max(top, std::max(c, d));
            sums[here + k] += a == m ? s[k] : 0.f;
            sums[here + C + k] += a != m && b == m ? s[k] : 0.f;
            sums[below + k] += top != m && c == m ? s[k] : 0.f;
            sums[below + C + k] += top != m && c != m ? s[k] : 0.f;
          }
        }
      T* to = dx.template data_ptr<T>() + n * H * W * C;
      for (int64_t k = 0; k < H * W * C; ++k) write(to + k, sums[k]);
    }
  });
  return dx;
}

}  // namespace

torch::Tensor pool(torch::Tensor x) { return BY_TYPE(x, pool_typed)(last(x)); }

torch::Tensor pool_backward(torch::Tensor g, torch::Tensor x) {
  return BY_TYPE(x, pool_backward_typed)(last(g), last(x));
}

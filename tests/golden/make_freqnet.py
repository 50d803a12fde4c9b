"""Makes freqnet_formula.safetensors: what PyTorch's FreqNet gives for made-up segments and made-up weights. See README.md.

    python3 tests/golden/make_freqnet.py FOLDER_OF_MINA_REFERENCE

Inputs and weights are formulas in float64, which the tests compute again (FormulaGolden.fs): only the results are stored.
"""
import sys
import torch

sys.path.insert(0, sys.argv[1])
import mina_reference as R
import formula

net = R.FreqNet().eval()
formula.give_weights(net)
p, alphas, betas, gamma = net.explain(*formula.segments())
loss = torch.nn.functional.cross_entropy(p, torch.tensor([1, 0, 1]))
loss.backward()

out = {'p': p, 'gamma': gamma, 'loss': loss.reshape(1)}
for c in range(4):
    out[f'alpha.{c}'], out[f'beta.{c}'] = alphas[c], betas[c]
formula.save('freqnet_formula.safetensors', out, net)
print('p', p.detach().numpy().round(4).tolist(), 'loss', loss.item(),
      'gradients up to', {n: float(g.abs().max()) for n, g in out.items() if n.startswith('grad.beat_nets.0') or n.startswith('grad.rhythm_nets.0')})
